"""What pages say about invitations, on the reader's own clock. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from groups.choices import RUNNING, GroupKind, GroupState, InvitationState
from groups.dates import dates_of
from groups.models import GroupLead, Invitation, Membership
from groups.rules_inviting import END_OF_DAY
from groups.services_inviting import is_latest
from intake.choices import Composition, Modality, WaitingState
from intake.models import WaitingPlace
from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, time_of_day, zone_name
from psp.models import User

TAG_KINDS = {
    InvitationState.OPEN: "active", InvitationState.ACCEPTED: "success", InvitationState.DECLINED: "neutral",
    InvitationState.OTHER_TIME: "neutral", InvitationState.LAPSED: "neutral", InvitationState.TAKEN_BACK: "neutral",
}  # fmt: skip
SHOWN = 10


def until(moment: datetime, zone: str) -> str:
    """The day alone where an answer may come until its last minute."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.time().replace(second=0, microsecond=0, tzinfo=None) == END_OF_DAY:
        return long_date(local.date(), reader_language(), article=False)
    # After "until", French has the article in another word.
    return long_datetime(moment, zone, reader_language()).removeprefix("le ")


def dates(invitation: Invitation, zone: str) -> list[dict[str, str]]:
    """Every session: the day, from when until when, as the clock shows it where the reader lives."""
    there = ZoneInfo(zone)
    return [
        {"day": long_date(start.astimezone(there).date(), reader_language(), article=False), "iso": machine_time(start),
         "from": time_of_day(start.astimezone(there), reader_language()),
         "to": time_of_day(end.astimezone(there), reader_language())}
        for start, end in dates_of(invitation.group)
    ]  # fmt: skip


def facts(invitation: Invitation) -> list[dict[str, Any]]:
    """What, how and where, as the component `summary_list` takes it."""
    group = invitation.group
    rows = [
        {"label": _("What"), "value": what(invitation)},
        {"label": _("How the group meets"), "value": _where(invitation)},
        {"label": _("Language"), "value": group.get_language_display()},
    ]
    if group.composition != Composition.ANY:
        rows.append({"label": _("For whom"), "value": group.get_composition_display()})
    return rows


def what(invitation: Invitation) -> str:
    group = invitation.group
    words = {
        GroupKind.FORMAL: _("A group of at most %(most)d people"),
        GroupKind.INFORMAL: _("A group that you come to when you can"), GroupKind.ACTIVITY: _("An activity"),
    }  # fmt: skip
    often = ngettext("%(count)d session", "%(count)d sessions", group.session_count) % {"count": group.session_count}
    return f"{words[GroupKind(group.kind)] % {'most': group.max_size}} · {often}"


def _where(invitation: Invitation) -> str:
    group = invitation.group
    if group.modality == Modality.IN_PERSON:
        return _("In person, in %(where)s. You will see the address on the group’s page once the group begins.") % {
            "where": group.region
        }
    return _("By video. You may leave your camera off.")


def page(invitation: Invitation, reader: User) -> dict[str, Any]:
    """For the one who is asked."""
    listed, group = dates(invitation, reader.time_zone), invitation.group
    return {
        "invitation": invitation, "group": group, "facts": facts(invitation), "dates": listed,
        "until": until(invitation.answer_by, reader.time_zone),
        "zone": zone_name(reader.time_zone, reader_language(), invitation.sent_at),
        "formal": group.kind == GroupKind.FORMAL, "leads": leads_of(invitation),
        "begun": group.state != GroupState.FORMING, "may_think_again": may_think_again(invitation),
        "ended": group.state not in RUNNING, "waits": waits(invitation),
        "place": place_of(invitation) if group.state in RUNNING else None,
        "leading": group.leads.filter(user=invitation.user_id).exists(),
    }  # fmt: skip


def leads_of(invitation: Invitation) -> list[str]:
    """By the names that they go by, for whoever said yes."""
    if invitation.state != InvitationState.ACCEPTED:
        return []
    rows = GroupLead.objects.filter(group=invitation.group_id).select_related("user")
    return sorted((row.user.name for row in rows if row.user.name), key=str.casefold)


def place_of(invitation: Invitation) -> Membership | None:
    """What the yes gave, while the person has it still."""
    if invitation.participant_id is None:
        return None
    rows = Membership.objects.active().filter(group=invitation.group_id, participant=invitation.participant_id)
    found: Membership | None = rows.first()
    return found


def waits(invitation: Invitation) -> bool:
    """Whether the person is on the waiting list for a group that the program forms."""
    if invitation.participant_id is None or invitation.kind != GroupKind.FORMAL:
        return False
    rows = WaitingPlace.objects.filter(participant=invitation.participant_id, service=invitation.kind)
    return rows.filter(state=WaitingState.WAITING).exists()


def may_think_again(invitation: Invitation) -> bool:
    """Whether a "no" can still be taken back, as far as everybody may know; the rest is asked when it is done."""
    said = invitation.state in (InvitationState.DECLINED, InvitationState.OTHER_TIME)
    forming = invitation.group.state == GroupState.FORMING
    return said and forming and invitation.answer_by > timezone.now() and is_latest(invitation)


def own(reader: User) -> QuerySet[Invitation]:
    """Everything that was asked of this account as a participant, the newest first."""
    rows: QuerySet[Invitation] = Invitation.objects.filter(participant__user=reader).select_related("group")
    return rows.order_by("-sent_at")


def to_lead(reader: User) -> QuerySet[Invitation]:
    rows: QuerySet[Invitation] = Invitation.objects.filter(user=reader).select_related("group")
    return rows.order_by("-sent_at")


def _said(invitation: Invitation) -> str:
    """How it stands, as told to the one who is asked: "declined" could read as if they had been turned away."""
    words = {
        InvitationState.OPEN: pgettext("invitation", "Waits for your answer"),
        InvitationState.ACCEPTED: pgettext("invitation", "You said yes"),
        InvitationState.DECLINED: pgettext("invitation", "You said no"),
        InvitationState.OTHER_TIME: pgettext("invitation", "You wish for another time"),
        InvitationState.LAPSED: pgettext("invitation", "The time to answer is over"),
        InvitationState.TAKEN_BACK: pgettext("invitation", "Not free any more"),
    }
    return words[InvitationState(invitation.state)]


def line(invitation: Invitation, reader: User) -> dict[str, Any]:
    """One in a list."""
    is_open = invitation.state == InvitationState.OPEN
    return {
        "invitation": invitation, "name": invitation.group.name, "open": is_open,
        "label": _said(invitation),
        "tag": TAG_KINDS[InvitationState(invitation.state)], "until": until(invitation.answer_by, reader.time_zone),
    }  # fmt: skip
