"""`python -m bot …`: another way of talking to a person. Exit codes: 0, 1 for a refusal with its sentence on standard
error, 2 for wrong usage."""

import os
import sys
from io import TextIOWrapper
from typing import NoReturn

import click

from bot import version
from bot.config import BadSettings
from bot.opening import CannotOpen
from bot.ops import logs
from bot.plan.file import BadPlan
from bot.slack.trouble import SlackTrouble
from bot.speech.refusals import sentence
from bot.speech.store_trouble import told
from bot.terminal import asking, fairness, history, importing, keeping, operating, planning, recording, unsaid
from bot.terminal.shared import Terminal, refuse
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

STOPPED = "Stopped."
TOO_FAR = "That is too far in time for a calendar. Take a date between the years 2000 and 2100."
SLACK_REFUSED = "Slack does not do it: {problem}. `python -m bot doctor` says what to look at."


STARTED_BY_MACHINES = ("run", "tick", "migrate")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version.release(), message="%(version)s")
@click.option("--database", metavar="URL", help="The store. Default: $ONCALL_DATABASE, or sqlite:///oncall.sqlite")
@click.pass_context
def cli(context: click.Context, database: str | None) -> None:
    """The on-call bot: who is on call, runbooks, holidays, and a rotation that repairs itself."""
    if context.invoked_subcommand in STARTED_BY_MACHINES:
        logs.begin_as_asked(os.environ)
    context.obj = Terminal(database)


for command in (
    *(operating.run, operating.sandbox, operating.tick, operating.migrate, operating.manifest, operating.doctor),
    *(asking.ask, asking.schedule, asking.draw, fairness.show, planning.plan_group, unsaid.outbox_group),
    *(keeping.backup, keeping.restore, keeping.restored, keeping.copy, history.log, importing.holidays_group),
    recording.record,
):
    cli.add_command(command)


def main() -> NoReturn:
    """Do what the command line asks. A refusal is a sentence on standard error, never a traceback."""
    _print_what_can_be()
    try:
        cli.main(standalone_mode=False)
        sys.exit(0)
    except click.ClickException as error:
        if logs.are_json():
            refuse(error.format_message(), error.exit_code)
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        refuse(STOPPED)
    except Refused as refused:
        refuse(sentence(refused))
    except (BadSettings, BadPlan, NoPlan, StoreError, CannotOpen) as error:
        refuse(told(error))
    except SlackTrouble as trouble:
        refuse(SLACK_REFUSED.format(problem=trouble.problem))
    except OverflowError:
        refuse(TOO_FAR)
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))


def _print_what_can_be() -> None:
    """A terminal of another encoding than UTF-8 shows a question mark for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
