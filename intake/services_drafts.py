"""Saving a form and coming back to it. Nothing is kept before a code has shown that the address is the person's own.

No step looks whether an account or a draft exists before the code is right, so nobody learns it ([security] 13).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from intake.models_drafts import AddressCode, Draft
from psp.crypto import keyring
from psp.crypto.fields import digest_for
from psp.queue import after_commit

# No letter that looks like another one, and no vowel that would make words.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
CODE_LENGTH = 6
CODE_MINUTES = 10
TRIES = 5
# How long somebody who confirmed an address may take over the form; and what a second click of one person may take.
TICKET_HOURS = 4
AGAIN_SECONDS = 60
SALT, TICKET_SALT = "intake.draft", "intake.ticket"
# What belongs to one showing of the page, and what somebody agrees to: both begin anew when they come back.
NOT_KEPT = frozenset(
    {"csrfmiddlewaretoken", "sent_key", "texts", "typed_name", "read_notice", "draft", "draft_email", "draft_code",
     "draft_asked", "at_step", "later", "keep", "change", "look_anyway"}
)  # fmt: skip
Pairs = list[tuple[str, str]]


class Answer(StrEnum):
    """What a typed code is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


def answers_in(data: QueryDict) -> Pairs:
    """What is kept of a posted form: every name and value but signatures and what serves one showing only."""
    return [(name, value) for name in data if name not in NOT_KEPT and "__" not in name for value in data.getlist(name)]


@transaction.atomic
def ask_code(*, email: str, language: str, held_back: bool = False) -> AddressCode:
    """Send a code to this address. The same work for every address.

    `held_back`: the address has had enough messages, so none goes; whoever asked cannot tell.
    """
    from intake.tasks import send_code

    now = timezone.now()
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
    asked = AddressCode(
        email=email, code=code, language=language, asked_at=now, until=now + timedelta(minutes=CODE_MINUTES),
        sent_at=now if held_back else None,
    )  # fmt: skip
    asked.digest = _digest(asked.pk, code)
    keyring.create(asked.pk)
    asked.save(force_insert=True)
    after_commit(send_code, str(asked.pk))
    return asked


def _digest(key: UUID, code: str) -> str:
    return salted_hmac("intake.address_code", f"{key}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def check_code(*, asked: UUID | None, email: str, code: str) -> Answer:
    """Whether this is the code that was sent when the page `asked` for it, to this address.

    It works once, for ten minutes and five tries. Only the page that asked knows its code's key, so nobody else can
    use up the tries, or learn that somebody is saving a form at this moment. A wrong try is counted, so the caller's
    transaction must not be undone because of it. The right one makes `ticket_of` worth something, for some hours.
    """
    index = digest_for(AddressCode, "index", email)
    rows = AddressCode.objects.select_for_update(of=("self",))
    found = rows.filter(pk=asked, index=index).first() if asked else None
    if found is None or found.until <= timezone.now() or found.tries >= TRIES or not found.digest:
        return Answer.OVER
    found.tries += 1
    right = constant_time_compare(found.digest, _digest(found.pk, typed_code(code)))
    if right:
        found.digest, found.until = "", timezone.now() + timedelta(hours=TICKET_HOURS)
    found.save(update_fields=["tries", "digest", "until"])
    return Answer.RIGHT if right else Answer.WRONG


def typed_code(text: str) -> str:
    """A code as people type it: small letters, a space or a hyphen in the middle."""
    return "".join(char for char in text.upper() if char.isalnum())


def ticket_of(asked: UUID) -> str:
    """Lets the page that typed the right code keep a form for its address. Nobody else can make one."""
    return signing.dumps(str(asked), salt=TICKET_SALT)


def _asked_by(ticket: str) -> UUID | None:
    try:
        return UUID(signing.loads(ticket, salt=TICKET_SALT, max_age=timedelta(hours=TICKET_HOURS)))
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def save_draft(*, ticket: str, answers: Iterable[tuple[str, str]], step: int) -> Draft | None:
    """Keep a form for the address whose code was right, instead of what was kept for it; None if the ticket is over.

    It is over a minute after its first use: a second click, or a form that is sent again, saves the same once more.
    """
    now, key = timezone.now(), _asked_by(ticket)
    rows = AddressCode.objects.select_for_update(of=("self",))
    asked = rows.filter(pk=key, digest="", until__gt=now).first() if key else None
    if asked is None:
        return None
    asked.until = min(asked.until, now + timedelta(seconds=AGAIN_SECONDS))
    asked.save(update_fields=["until"])
    return _keep(email=asked.email, answers=answers, step=step, now=now)


def end_ticket(*, ticket: str) -> None:
    """The form was sent: nothing more is kept with this ticket."""
    if key := _asked_by(ticket):
        AddressCode.objects.filter(pk=key).update(until=timezone.now())


def _keep(*, email: str, answers: Iterable[tuple[str, str]], step: int, now: datetime) -> Draft:
    index = digest_for(Draft, "index", email)
    _one_at_a_time(index)
    draft = Draft.objects.select_for_update(of=("self",)).filter(index=index).first()
    if draft is not None and draft.expires_at <= now:
        # What is over is on its way out, with its key: nothing new is put under that.
        _destroy(Draft, draft.pk, over="expires_at", now=now)
        draft = None
    if draft is None:
        draft = Draft(index=index)
        keyring.create(draft.pk)
    draft.content = json.dumps(list(answers), ensure_ascii=False)
    draft.step, draft.expires_at = step, now + timedelta(days=settings.PSP_DRAFT_DAYS)
    draft.save()
    return draft


def _one_at_a_time(index: str) -> None:
    """Two clicks for one address wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"draft:{index}"])


def draft_of(*, email: str) -> Draft | None:
    """What is kept for an address that a code has confirmed."""
    index = digest_for(Draft, "index", email)
    found: Draft | None = Draft.objects.filter(index=index, expires_at__gt=timezone.now()).first()
    return found


def answers_of(draft: Draft) -> Pairs:
    return [(str(name), str(value)) for name, value in json.loads(draft.content or "[]")]


def token_of(draft: Draft) -> str:
    """Names the draft to us when the page that shows it is sent; nobody else can make one."""
    return signing.dumps(str(draft.pk), salt=SALT)


def throw_away(*, token: str) -> None:
    """Destroy the draft that this token names, if there is one. It cannot be opened from this moment on.

    The key goes once this is committed; if the process dies before, the next round of `forget` does it.
    """
    try:
        key = UUID(signing.loads(token, salt=SALT, max_age=timedelta(days=settings.PSP_DRAFT_DAYS)))
    except (signing.BadSignature, ValueError):
        return
    now = timezone.now()
    if Draft.objects.filter(pk=key).update(expires_at=now):
        transaction.on_commit(lambda: _destroy(Draft, key, over="expires_at", now=now))


def forget(now: datetime) -> int:
    """Destroy what is over: forms after their days, codes after their minutes. How many there were."""
    count = 0
    for model, over in ((Draft, "expires_at"), (AddressCode, "until")):
        keys = list(model.objects.filter(**{f"{over}__lte": now}).values_list("pk", flat=True))
        count += sum(_destroy(model, key, over=over, now=now) for key in keys)
    return count


@transaction.atomic
def _destroy(model: type[Any], key: UUID, *, over: str, now: datetime) -> int:
    """First the key: a row without its key opens nothing, and is found again if this is cut short.

    Under the row's lock, so that nobody writes under a key that goes.
    """
    row = model.objects.select_for_update(of=("self",)).filter(**{"pk": key, f"{over}__lte": now}).first()
    if row is None:
        return 0
    keyring.destroy(key)
    row.delete()
    return 1
