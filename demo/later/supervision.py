"""Supervision as it goes: what two agreed on, when they meet next, an open door, and how somebody is."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from demo import bulk
from demo.later.team import LEADING, Team, key
from psp.models import User
from supporters.choices import MeetingKind
from supporters.models import CheckIn
from supporters.supervision.choices import TalkWhen
from supporters.supervision.services import add_own_line, note_meeting, note_together, plan_next
from supporters.supervision.services_extra import make_plan
from supporters.supervision.services_talks import ask_talk, open_door
from supporters.wellbeing.rules_checkin import Answer, Colour, Said
from supporters.wellbeing.services_checkin import check_in, share

TOGETHER = (
    "How we end a session: each of us shares one way that works.\n"
    "Comment terminer une séance\u00a0: chaque personne partage une façon de faire qui lui réussit."
)


def support(team: Team) -> None:
    meetings(team)
    next_ones(team)
    more_support(team)
    open_hours(team)
    how_they_are(team)


def meetings(team: Team) -> None:
    with team.by("supervisor") as by:
        note_together(
            by=by, people=team.some(*LEADING[:6]), held_on=team.day(-12), minutes=90, agreed=TOGETHER,
            key=key("together"),
        )  # fmt: skip
        call = note_meeting(
            user=team["supporter.qc"], by=by, kind=MeetingKind.CHECK_IN, held_on=team.day(-2), minutes=20,
            agreed="Les vendredis restent libres. Quelqu’un vous remplace le premier jeudi du mois prochain.",
            key=key("call"),
        )  # fmt: skip
        note_meeting(
            user=team["supporter.on"], by=by, kind=MeetingKind.CHECK_IN, held_on=team.day(-3), minutes=15,
            agreed="We look at the times of the new evenings together.", key=key("call"),
        )  # fmt: skip
    with team.by("supporter.qc") as person:
        add_own_line(meeting=call, by=person, text="Et je garde ma marche du mercredi.")


def next_ones(team: Team) -> None:
    with team.by("supervisor") as by:
        for name, weekday, hour in (("supporter.qc", 2, 10), ("supporter.on", 3, 14), ("facilitator.1", 4, 11)):
            plan_next(user=team[name], by=by, starts_at=team.moment(team.weekday(4, weekday), hour, 30))


def more_support(team: Team) -> None:
    with team.by("supervisor") as by:
        make_plan(
            user=team["facilitator.5"], by=by, kinds=["call_after", "lead_with"], from_on=team.day(-7),
            until_on=team.day(35), look_on=team.day(14), agreed="Un appel le lendemain de chaque séance.",
            key=key("plan"),
        )  # fmt: skip


def open_hours(team: Team) -> None:
    """The door stands open for some hours, and somebody would like to talk today."""
    with team.by("supervisor") as by:
        open_door(by=by, until=timezone.now() + timedelta(hours=8))
    with team.by("supporter.on") as person:
        ask_talk(by=person, asked=team["supervisor"], when=TalkWhen.TODAY)


def how_they_are(team: Team) -> None:
    """Of one, weeks that were: the first and the last one shown to the supervisor, the one between kept. Of the other,
    today."""
    supervisor = team["supervisor"]
    with team.by("supporter.qc") as person:
        weeks = [
            earlier(team, person, 22, Said(Colour.GOOD, "reposant", {"rest": Answer.YES, "support": Answer.YES})),
            earlier(team, person, 15, Said(Colour.MIXED, "bien rempli", {"load": Answer.PARTLY})),
            earlier(team, person, 8, Said(Colour.GOOD, "léger", {"rest": Answer.YES, "load": Answer.PARTLY})),
        ]
        # A check-in is said on its own day alone.
        bulk.create(weeks)
        share(check_in=weeks[0], with_whom=supervisor, by=person)
        share(check_in=weeks[2], with_whom=supervisor, by=person)
    with team.by("supporter.on") as person:
        today = check_in(user=person, by=person, colour=Colour.MIXED, word="a lot on", answers={"load": Answer.PARTLY})
        assert today is not None  # nosec B101
        share(check_in=today, with_whom=supervisor, by=person)


def earlier(team: Team, person: User, days: int, said: Said) -> CheckIn:
    row = CheckIn(id=key("check-in", person.username, days), user=person, day=team.day(-days))
    row.said = said
    return row
