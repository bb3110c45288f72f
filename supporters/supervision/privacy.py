"""What supervision holds about a person: copy, erasure, last use. What two agreed on is read by the two alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_closer, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from psp.models import User
from supporters.choices import MeetingKind
from supporters.models import (
    NextMeeting,
    OpenDoor,
    Pairing,
    SupervisionMeeting,
    SupervisorWish,
    SupportKind,
    SupportPlan,
    Talk,
)
from supporters.supervision.choices import TalkState, TalkWhen

TOPIC = Topic(
    "supervision", _("Support for those who lead groups"),
    _("Who is at whose side. That the two met, for how long, and what they agreed on. More support for a while, if they"
      " agreed on some. That somebody asked for a talk: never what it was about."),
    _("The person, and the supervisor at their side. Nobody else, whatever their role. Whom they ask for a talk learns"
      " that they asked."),
    order=93, team=True,
)  # fmt: skip
ABOUT_TEAM = _("About a member of the team")


def _of_two(model: str, fields: str, section: str, *others: str, kept: str = "team") -> Holding:
    """Of the supporter's own copy, and destroyed with them; `others`: the supervisors whom a row names."""
    return Holding(
        f"supporters.{model}", "user", "supervision", these(fields), Use.TEAM, Basis.PROGRAM, kept, Erased.DELETED,
        exported=(section,) if section else (), not_exported="" if section else ABOUT_TEAM, also=others,
    )  # fmt: skip


MEETING = "id user supervisor kind held_on minutes together agreed added shared_with made_at"
PLAN = "id user supervisor kinds from_on until_on look_on agreed shared_with ended_on made_at changed_at"
TALK = "id user asked when state taken_by asked_at everybody_at changed_at"
NEXT = "id user supervisor starts_at minutes revision changed_at"
MAP = (
    _of_two("pairing", "id user supervisor since ended_on", "supervisors", "supervisor"),
    _of_two("supervisionmeeting", MEETING, "supervision", "supervisor", "shared_with"),
    _of_two("nextmeeting", NEXT, "supervision_next", "supervisor"),
    _of_two("supervisorwish", "user wished since", "supervisor_wish", "wished"),
    _of_two("supportplan", PLAN, "support_plans", "supervisor", "shared_with"),
    _of_two("talk", TALK, "talks", "asked", "taken_by", kept="over"),
    _of_two("opendoor", "user until", "", kept="door"),
)
KINDS = Holding(
    "supporters.historicalsupportkind", "history_user", "team",
    (*these("code name_en name_fr offered order"), *HISTORY_FIELDS),
    Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
)  # fmt: skip
LABELS = frozenset(holding.model for holding in MAP)
ROWS: tuple[Any, ...] = (NextMeeting, SupervisorWish, SupportPlan, SupervisionMeeting, Talk, Pairing, OpenDoor)
SINCE, LENGTH = _("Since"), _("Length in minutes")
AGREED = _("What you agreed on")


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP, KINDS)
    sections = (
        ("supervisors", _("Who supervised you, and when"), pairs, "pairing"),
        ("supervision", _("Your supervision meetings"), meetings, "supervisionmeeting"),
        ("supervision_next", _("Your next supervision meeting"), planned, "nextmeeting"),
        ("supervisor_wish", _("Your wish for another supervisor"), wishes, "supervisorwish"),
        ("support_plans", _("More support for you for a while"), plans, "supportplan"),
        ("talks", _("Talks that you asked for"), talks, "talk"),
    )
    for order, (code, title, collect, model) in enumerate(sections, start=70):
        add_section(Section(code, title, collect, frozenset({f"supporters.{model}"}), order=order))
    add_eraser(Eraser("supervision", LABELS, erase, order=32))
    add_closer(close)
    add_last_use(LastUse("supervision", last_uses, while_here=True))


# --- The person's own copy. Others are members of the team: they are left out -----------------------


def pairs(person: User) -> Iterable[Record]:
    for row in Pairing.objects.filter(user=person).order_by("since"):
        yield [Line(SINCE, row.since), Line(_("Until"), row.ended_on)]


def meetings(person: User) -> Iterable[Record]:
    for row in SupervisionMeeting.objects.filter(user=person).order_by("held_on", "made_at"):
        yield [
            Line(_("Day"), row.held_on), Line(_("Kind"), MeetingKind(row.kind).label), Line(LENGTH, row.minutes),
            Line(AGREED, row.agreed), Line(_("What you added"), row.added),
        ]  # fmt: skip


def planned(person: User) -> Iterable[Record]:
    for row in NextMeeting.objects.filter(user=person):
        yield [Line(_("Begins"), row.starts_at), Line(LENGTH, row.minutes)]


def wishes(person: User) -> Iterable[Record]:
    for row in SupervisorWish.objects.filter(user=person):
        yield [Line(SINCE, row.since)]


def plans(person: User) -> Iterable[Record]:
    known = {one.code: Both(one.name_en, one.name_fr) for one in SupportKind.objects.all()}
    for row in SupportPlan.objects.filter(user=person).order_by("from_on"):
        yield [
            Line(_("From"), row.from_on), Line(_("Until"), row.until_on), Line(_("To look at again on"), row.look_on),
            Line(_("Over since"), row.ended_on), Line(AGREED, row.agreed),
            Line(_("Kinds of support"), [known.get(code, code) for code in row.kinds]),
        ]  # fmt: skip


def talks(person: User) -> Iterable[Record]:
    for row in Talk.objects.filter(user=person).order_by("asked_at"):
        yield [
            Line(_("Asked"), row.asked_at), Line(_("How soon"), TalkWhen(row.when).label),
            Line(_("State"), TalkState(row.state).label),
        ]  # fmt: skip


# --- Erasure, and when it was last used -------------------------------------------------------------


def close(person: User, by: User) -> None:
    """Nobody waits for them any more, and whom they supervise has nobody: supervisors and coordinators see it."""
    SupervisorWish.objects.filter(Q(user=person) | Q(wished=person)).delete()
    NextMeeting.objects.filter(Q(user=person) | Q(supervisor=person)).delete()
    OpenDoor.objects.filter(user=person).delete()
    standing = Pairing.objects.standing().filter(Q(user=person) | Q(supervisor=person))
    standing.update(ended_on=timezone.localdate())


def erase(person: User) -> Counter[str]:
    """What is about them. What they wrote as somebody's supervisor is that other person's, and stays with them."""
    gone: Counter[str] = Counter()
    for model in ROWS:
        gone += delete_rows(model.objects.filter(user=person))
    return gone


def last_uses(people: Collection[UUID]) -> Iterable[Used]:
    for model, moment in ((SupervisionMeeting, "made_at"), (SupportPlan, "changed_at"), (Talk, "changed_at")):
        yield from newest(model.objects.filter(user__in=people), "user_id", moment)
    yield from in_use(Pairing.objects.standing().filter(user__in=people), "user_id")
