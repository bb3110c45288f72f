"""Groups formed, sessions and activities, who came to them, who stayed and who answered ([PIA] rules 8 to 10, 36).

Days are those of the group's own clock. Figures about people leave out whoever does not agree to being counted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Least

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from groups.choices import GroupKind, GroupState, InvitationState
from groups.models import Invitation, Membership, PeerGroup
from intake.models import Participant
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.composed import composed
from reporting.counters.grouping import FOLDED, NOBODY, PEOPLE, ROWS, Source, by_group_clock, of, tallies, within
from reporting.counters.intake import last_link
from reporting.periods import Period
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession

WAS_THERE = (AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY)
ANSWERED = (InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.OTHER_TIME, InvitationState.LAPSED)
OF_VISIT = {
    "region": F("participant__program_region"), "language": F("participant__user__language"),
    "kind": F("session__group__kind"), "modality": F("session__group__modality"), "status": F("status"),
}  # fmt: skip
OF_GROUP = {
    "region": F("program_region"), "language": F("language"), "kind": F("kind"), "modality": F("modality"),
}  # fmt: skip
OF_SESSION = {
    "region": F("group__program_region"), "language": F("group__language"), "kind": F("group__kind"),
    "modality": F("group__modality"), "took_place": F("state"),
}  # fmt: skip
OF_PLACE = {
    "region": F("participant__program_region"), "language": F("participant__user__language"),
    "modality": F("group__modality"), "kind": F("group__kind"),
}  # fmt: skip
Asked = tuple[Breakdown, ...]


def people_served(period: Period, asked: Asked) -> Counted:
    """Different people who came to a session, those who left early included, by their own region and language."""
    # Each person once for whatever they have in common with a session: most come many times.
    came = of(visits(period).filter(status__in=WAS_THERE).distinct(), OF_VISIT, asked, who=F("participant_id"))
    return tallies(with_link(came), asked, PEOPLE)


def with_link(people: Source) -> Source:
    """The link that everybody named when they last applied."""
    named, params = (
        Participant.objects.order_by().values(who=F("pk"), by_affiliation=last_link("pk")).query.sql_with_params()
    )
    # Both texts inside come from Django.
    sql = f"SELECT * FROM ({people.sql}) AS people JOIN ({named}) AS named USING (who)"  # noqa: S608  # nosec B608
    return Source(sql, (*people.params, *params))


def attendances(period: Period, asked: Asked) -> Counted:
    """Places at sessions that took place, by whether somebody was there, as those who led noted it."""
    rows = of(visits(period), OF_VISIT, asked, who=F("participant_id"), times=Count("pk"))
    return tallies(rows, asked, FOLDED)


def visits(period: Period) -> QuerySet[Any]:
    """Attendance of people who agree to being counted, at sessions of this period that took place."""
    noted = Attendance.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), session__state=SessionState.HELD
    )
    return by_group_clock(noted, period, "session__starts_at", "session__group__time_zone")


def sessions(period: Period, asked: Asked) -> Counted:
    """Sessions that took place or were cancelled, by the region of the group; about nobody."""
    ended = GroupSession.objects.filter(state__in=(SessionState.HELD, SessionState.CANCELLED))
    rows = by_group_clock(ended, period, "starts_at", "group__time_zone")
    return tallies(of(rows, OF_SESSION, asked), asked, NOBODY)


def groups_formed(period: Period, asked: Asked) -> Counted:
    """Groups that were established, or opened for people to enrol, whichever came first. Later cancelled ones too."""
    formed = PeerGroup.objects.annotate(formed_at=Least("established_at", "opened_at"))
    return tallies(of(by_group_clock(formed, period, "formed_at", "time_zone"), OF_GROUP, asked), asked, NOBODY)


def activities(period: Period, asked: Asked) -> Counted:
    """Activities ([PIA] rule 10) that took place, on the day of their first session that was held."""
    return tallies(_activities(period, asked), asked, NOBODY)


@composed
def _activities(period: Period, asked: Asked, _today: date) -> Source:
    first = Min("sessions__starts_at", filter=Q(sessions__state=SessionState.HELD))
    begun = PeerGroup.objects.filter(kind=GroupKind.ACTIVITY).annotate(begun_at=first)
    return of(by_group_clock(begun, period, "begun_at", "time_zone"), OF_GROUP, asked)


def completion(period: Period, asked: Asked) -> Counted:
    """Places in formal groups that came to their end in this period, by whether the person stayed to the end.

    The end is the last session that was held. Whoever left before the first one never began and is not counted.
    Informal groups have none: people come as often as they like ([PIA] rule 9).
    """
    held = Q(sessions__state=SessionState.HELD)
    ended = PeerGroup.objects.filter(kind=GroupKind.FORMAL, state=GroupState.COMPLETED).annotate(
        begun_at=Min("sessions__starts_at", filter=held), over_at=Max("sessions__starts_at", filter=held)
    )
    ended = by_group_clock(ended, period, "over_at", "time_zone")
    of_group = ended.filter(pk=OuterRef("group"))
    places = Membership.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), group__in=ended.values("pk")
    ).annotate(begun=Subquery(of_group.values("begun_at")), over=Subquery(of_group.values("over_at")))
    began = places.exclude(left_at__lt=F("begun"))
    fields = OF_PLACE | {"completion": Case(When(left_at__lt=F("over"), then=Value("left")), default=Value("stayed"))}
    return tallies(of(began, fields, asked, who=F("participant_id")), asked, ROWS)


def invitations(period: Period, asked: Asked) -> Counted:
    """Invitations to take part that ended in this period, by the answer; without those that were taken back."""
    ended = Invitation.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), participant__isnull=False, state__in=ANSWERED
    )
    fields = OF_PLACE | {"answer": F("state")}
    return tallies(of(within(ended, period, "answered_at"), fields, asked, who=F("participant_id")), asked, ROWS)


def register() -> None:
    own = frozenset(OF_GROUP)
    add_counter(Counter("people", own | {"affiliation"}, people_served, frozenset({"kind", "modality"}), adds=False))
    add_counter(Counter("attendances", own | {"status"}, attendances, split="status"))
    add_counter(Counter("sessions", own | {"took_place"}, sessions, split="took_place"))
    add_counter(Counter("groups", own, groups_formed))
    add_counter(Counter("activities", own - {"kind"}, activities))
    add_counter(Counter("completion", own - {"kind"} | {"completion"}, completion, split="completion"))
    add_counter(Counter("invitations", own | {"answer"}, invitations, split="answer"))
