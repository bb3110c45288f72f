"""A short call before deciding anything: booked under no name, cancelled with a code, forgotten the day after.

Nothing says who called: a row is a time, a language, how one speaks, and a word to say. The code is worked out from
the key of the form, so a second click finds the first call and shows the same code; stored is only its digest.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from intake import availability
from intake.booking_rules import in_turn
from intake.choices import CallWay, HoursFor
from intake.models import BookingTerms, ShortCall
from intake.services_booking import TimeGone
from psp.crypto import keyring
from psp.errors import DomainError, constraint_name
from psp.models import REFERENCE_ALPHABET

TAKEN = ("call_coordinator_free", "coordinator_one_at_a_time")
CODE_LETTERS, CODE_PART = 12, 4
# A coordinator who calls a little late still needs the number.
NUMBER_KEPT_AFTER = timedelta(minutes=30)
WORDS = {
    "en": ("amber", "birch", "canoe", "cedar", "copper", "garden", "harbour", "island", "kettle", "lantern", "maple",
           "meadow", "paper", "pebble", "quilt", "river", "teapot", "violet", "willow", "window"),
    "fr": ("ambre", "atelier", "bouleau", "canot", "cèdre", "colline", "cuivre", "érable", "fenêtre", "galet", "île",
           "jardin", "lanterne", "papier", "plume", "prairie", "rivière", "saule", "théière", "violette"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose. `region`: a program region, None for any; `sent_key` came with the form."""

    starts_at: datetime
    region: str | None
    zone: str
    language: str
    way: str
    sent_key: UUID
    number: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """`code` is shown once; `where` is the number or link, "" for whoever is called."""

    call: ShortCall
    code: str
    where: str


@transaction.atomic
def book_call(*, wanted: Wanted) -> Booked:
    """Take fifteen minutes. DomainError: `time_gone`, `number_needed`."""
    code = _code_of(wanted.sent_key)
    _one_click_at_a_time(code)
    call = ShortCall.objects.filter(code_digest=_digest(code)).first()
    if call is None:
        if wanted.way == CallWay.CALL_BACK and not wanted.number:
            raise DomainError(_("Write the number that we may call."), code="number_needed", field="number")
        call = _take(wanted, code)
        if wanted.way == CallWay.CALL_BACK:
            _seal_number(call, wanted.number)
    return Booked(call, code, where(call))


def _code_of(sent_key: UUID) -> str:
    """Twelve letters that nobody can work out without our secret, as in "K7QD-3MXA-TW49"."""
    number = int(salted_hmac("intake.calls.code", str(sent_key), algorithm="sha256").hexdigest(), 16)
    letters = ""
    for _position in range(CODE_LETTERS):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[place]
    return "-".join(letters[start : start + CODE_PART] for start in range(0, CODE_LETTERS, CODE_PART))


def _digest(code: str) -> str:
    """How a code is kept and found, however it was typed."""
    letters = "".join(char for char in code.upper() if char.isalnum())
    return salted_hmac("intake.calls.digest", letters, algorithm="sha256").hexdigest()


def _one_click_at_a_time(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"call:{_digest(code)}"])


def _take(wanted: Wanted, code: str) -> ShortCall:
    now = timezone.now()
    times = availability.open_times(wanted.region, HoursFor.CALL, now)
    able = {
        key: {slot.starts_at for slot in one.slots}
        for key, one in times.items()
        if wanted.way in availability.ways_of(one.terms)
    }
    for key in in_turn(able, availability.load(list(able), now), wanted.starts_at):
        call = _new_call(wanted, code, times[key].terms)
        if _kept(call, times[key].terms):
            return call
    raise TimeGone


def _new_call(wanted: Wanted, code: str, terms: BookingTerms) -> ShortCall:
    ends_at = wanted.starts_at + timedelta(minutes=settings.PSP_CALL_MINUTES)
    words = WORDS[wanted.language]
    return ShortCall(
        coordinator=terms.coordinator, starts_at=wanted.starts_at, ends_at=ends_at,
        blocked_until=ends_at + timedelta(minutes=settings.PSP_CALL_PAUSE_MINUTES), time_zone=wanted.zone,
        language=wanted.language, way=wanted.way, word=f"{secrets.choice(words)} {secrets.randbelow(90) + 10}",
        code_digest=_digest(code),
    )  # fmt: skip


class _DayFull(Exception):
    """Others booked the last calls of that day a moment ago."""


def _kept(call: ShortCall, terms: BookingTerms) -> bool:
    """Whether this coordinator takes it. Who writes for one coordinator waits for the others (a trigger), so the count
    after the writing is right for any number at once."""
    try:
        with transaction.atomic():
            call.save(force_insert=True)
            _check_day(call, terms)
    except _DayFull:
        return False
    except IntegrityError as error:
        if constraint_name(error) not in TAKEN:
            raise
        return False
    return True


def _check_day(call: ShortCall, terms: BookingTerms) -> None:
    day = availability.day_on(terms, call.starts_at)
    around = (call.starts_at - timedelta(days=1), call.starts_at + timedelta(days=1))
    rows = ShortCall.objects.filter(coordinator=call.coordinator_id, starts_at__range=around)
    moments = rows.order_by().values_list("starts_at", flat=True)
    if sum(availability.day_on(terms, at) == day for at in moments) > settings.PSP_CALLS_PER_DAY:
        raise _DayFull


def _seal_number(call: ShortCall, number: str) -> None:
    """Under a key of this call's own, which is destroyed with it."""
    keyring.create(call.pk)
    call.number = number
    call.save()


def where(call: ShortCall) -> str:
    """The number to call or the link to open."""
    terms = availability.room_of(call.coordinator_id)
    if terms is None or call.way == CallWay.CALL_BACK:
        return ""
    return str(terms.phone if call.way == CallWay.PHONE else terms.call_link)


def find_call(code: str) -> ShortCall | None:
    """The call of whoever has the code, unless it is over; None tells nobody why."""
    found: ShortCall | None = ShortCall.objects.filter(code_digest=_digest(code), ends_at__gt=timezone.now()).first()
    return found


@transaction.atomic
def cancel_call(*, code: str) -> bool:
    """Give the time back and forget the call; False where there is none."""
    call = find_call(code)
    if call is None:
        return False
    forget(call)
    return True


def forget(call: ShortCall) -> None:
    keyring.destroy(call.pk)
    call.delete()


def forget_calls(now: datetime) -> int:
    """Destroy the numbers of calls that are over, and every call of the days before; how many calls are gone."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for call in ShortCall.objects.filter(ends_at__lte=now - NUMBER_KEPT_AFTER, way=CallWay.CALL_BACK):
        keyring.destroy(call.pk)
        ShortCall.objects.filter(pk=call.pk).update(number=b"")
    gone = list(ShortCall.objects.filter(ends_at__lt=midnight))
    for call in gone:
        forget(call)
    return len(gone)
