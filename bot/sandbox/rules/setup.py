"""How a workspace is set up, where workspaces differ, and how harsh its Slack is."""

from dataclasses import dataclass

NO_USERGROUPS = "plan_upgrade_required"  # by the pages of usergroups.*; others were told paid_teams_only


@dataclass
class Rules:
    """`harsh`: lists come in pages that are far from full. `no_usergroups`: the error that everything about user groups
    ends in, as on a free plan. `edits_for`: for how many real seconds a message may be edited."""

    harsh: bool = True
    no_usergroups: str | None = None
    edits_for: float | None = None
