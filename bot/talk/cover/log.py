"""What the log says of covers and swaps."""

from collections.abc import Callable
from dataclasses import replace

from bot.speech import say
from bot.speech.blocks import bold
from bot.talk.did import Words, named, tells, whose
from models.changes import Change
from models.requests import CoverRequest
from scheduler.entries import (
    AgreementTakenBack,
    CoverAgreed,
    CoverRequested,
    EverybodyAsked,
    PartOffered,
    RequestChange,
    RequestDeclined,
    RequestWithdrawn,
    SwapAgreed,
    SwapRequested,
    WeekOffered,
)
from scheduler.team.roster import Roster

COVER_ASKED = "asked for a cover{whose}: {days}"
SWAP_ASKED = "asked to swap{whose}: {days} for {back} of {other}"
COVER_AGREED = "agreed: {taker} covers {days} for {asks}"
SWAP_AGREED = "agreed: {taker} has {days}, {asks} has {back}"
TAKEN_BACK = "took back: {taker} does not cover {days} for {asks}"
WITHDRAWN = "withdrew the request{whose}: {days}"
DECLINED = "can't cover {days} for {asks}"
PART = "offered {asks} a part: {days}"
OTHER_WEEK = "offered {asks} another week: {back}"
EVERYBODY = "asked everybody for a cover{whose}: {days}"


def _request(template: str) -> Callable[[Roster, Change, RequestChange], str]:
    def told(team: Roster, change: Change, facts: RequestChange) -> str:
        return _of_request(template, team, change, facts.after.request)

    return told


def _part(team: Roster, change: Change, facts: PartOffered) -> str:
    first, until = facts.after.part
    return _of_request(PART, team, change, replace(facts.after.request, first=first, until=until))


def _taken_back(team: Roster, change: Change, facts: AgreementTakenBack) -> str:
    return _of_request(TAKEN_BACK, team, change, facts.before.request)


def _of_request(template: str, team: Roster, change: Change, request: CoverRequest) -> str:
    back = request.back_first and request.back_until and say.span(request.back_first, request.back_until)
    return template.format(
        whose=whose(team, change),
        days=say.span(request.first, request.until),
        back=back or "",
        asks=bold(team.name(request.person_id)),
        other=named(team, request.other_id),
        taker=named(team, request.taken_by),
    )


DID: Words = {
    **tells(CoverRequested, _request(COVER_ASKED)),
    **tells(SwapRequested, _request(SWAP_ASKED)),
    **tells(CoverAgreed, _request(COVER_AGREED)),
    **tells(SwapAgreed, _request(SWAP_AGREED)),
    **tells(AgreementTakenBack, _taken_back),
    **tells(RequestWithdrawn, _request(WITHDRAWN)),
    **tells(RequestDeclined, _request(DECLINED)),
    **tells(PartOffered, _part),
    **tells(WeekOffered, _request(OTHER_WEEK)),
    **tells(EverybodyAsked, _request(EVERYBODY)),
}
