"""What the pages of the call list show, in the coordinator's language and on both clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choices import CallState
from contact.choosing import standing_choice
from contact.hours import lines
from contact.models import CallTask, SafeContact
from contact.registry import still_makes_sense
from contact.rules import Channel, Refusal, may_send
from contact.scripts import script_for
from psp.bilingual import in_language, reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, relative_days, time_of_day, zone_name
from psp.crypto.normalise import normal_phone
from psp.models import User


def reason_text(reason: str) -> str:
    """Why somebody has to tell the person."""
    return {
        "by_phone": _("The person likes a call best"), "by_post": _("The person likes a letter best"),
        "channel_not_safe": _("No e-mail or text message is safe"),
        "no_consent": _("The person has not agreed to a way that is safe"),
        "recheck_passed": _("The date of the person's choices has passed"),
        "came_back": _("The message left and came back: it did not arrive"),
        "asked_by_team": _("A coordinator wants to be sure that the person knows"),
    }.get(reason, _("The message could not be delivered"))  # fmt: skip


def call_row(task: CallTask, reader: User) -> dict[str, Any]:
    """One line of the list."""
    later = task.not_before > timezone.now()
    return {
        "id": task.pk, "person": task.person, "message": in_language(task.message.template, "subject"),
        "reason": reason_text(task.reason), "attempts": task.attempts,
        "when": long_datetime(task.not_before, reader.time_zone, reader_language()) if later else _("now"),
        "when_iso": machine_time(task.not_before),
    }  # fmt: skip


def recheck_row(choices: SafeContact) -> dict[str, Any]:
    today, day = timezone.localdate(), choices.recheck_on or timezone.localdate()
    return {
        "person": choices.person, "passed": day < today, "due_text": relative_days(day, today, reader_language()),
        "due_exact": long_date(day, reader_language()),
    }  # fmt: skip


def call_context(task: CallTask, choices: SafeContact, reader: User, now: datetime) -> dict[str, Any]:
    """Everything on the page of one call."""
    person = task.person
    script = script_for(task, choices)
    return {
        "task": task, "person": person, "participant": person.participant, "script": script,
        "reason": reason_text(task.reason), "over": task.state != CallState.OPEN,
        "needless": not still_makes_sense(task.message),
        "may_write": bool(script.address) and _date_holds(choices, now), **whether_to_call(choices, reader, now),
    }  # fmt: skip


def whether_to_call(choices: SafeContact, reader: User, now: datetime) -> dict[str, Any]:
    """Whether a call to this person is safe now, and when. The number is there only while it is."""
    person, language = choices.person, reader_language()
    decision = may_send(standing_choice(choices), channel=Channel.PHONE, now=now, tz=person.time_zone)
    return {
        "may_call": decision.allowed, "number": choices.phone if decision.allowed else "",
        "href": f"tel:{normal_phone(choices.phone)}" if decision.allowed else "",
        "why_not": "" if decision.allowed else _why_not(decision.reason),
        "next": _both_clocks(decision.not_before, reader, person) if decision.not_before else [],
        "hours": lines(choices.hours, language),
        "there": _("There it is now %(time)s (%(zone)s).") % {
            "time": time_of_day(now.astimezone(ZoneInfo(person.time_zone)), language),
            "zone": zone_name(person.time_zone, language, now)},
        "spoken": choices.get_language_display(), "name": choices.name_to_use,
    }  # fmt: skip


def _date_holds(choices: SafeContact, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(choices.person.time_zone)).date()
    return not choices.do_not_contact and (choices.recheck_on is None or local <= choices.recheck_on)


def _why_not(reason: Refusal | None) -> str:
    return {
        Refusal.DO_NOT_CONTACT: _("The person asked not to be contacted. They look at their own page."),
        Refusal.NO_CONSENT: _("The person has not agreed to being called."),
        Refusal.CHANNEL_NOT_SAFE: _("The person did not say that a call is safe."),
        Refusal.RECHECK_PASSED: _("The date of the person's choices has passed. Wait until they confirm them."),
        Refusal.OUTSIDE_HOURS: _("Not at this hour."),
    }.get(reason or Refusal.CHANNEL_NOT_SAFE, "")  # fmt: skip


def _both_clocks(moment: datetime, reader: User, person: User) -> list[str]:
    """The moment as the coordinator's clock shows it, and as the person's does where that is another one."""
    said = [long_datetime(moment, tz, reader_language()) for tz in (reader.time_zone, person.time_zone)]
    return list(dict.fromkeys(said))
