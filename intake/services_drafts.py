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
from django.db import transaction
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
SALT = "intake.draft"
# What belongs to one showing of the page, and what somebody agrees to: both begin anew when they come back.
NOT_KEPT = frozenset(
    {"csrfmiddlewaretoken", "sent_key", "texts", "typed_name", "read_notice", "draft", "draft_email", "draft_code",
     "at_step", "later", "change", "look_anyway"}
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
def ask_code(*, email: str, language: str) -> AddressCode:
    """Send a code to this address. The same work for every address."""
    from intake.tasks import send_code

    now = timezone.now()
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
    asked = AddressCode(
        email=email, code=code, language=language, asked_at=now, until=now + timedelta(minutes=CODE_MINUTES)
    )
    asked.digest = _digest(asked.pk, code)
    keyring.create(asked.pk)
    asked.save(force_insert=True)
    after_commit(send_code, str(asked.pk))
    return asked


def _digest(key: UUID, code: str) -> str:
    return salted_hmac("intake.address_code", f"{key}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def check_code(*, email: str, code: str) -> Answer:
    """Whether this is the newest code of this address. It works once, for ten minutes and five tries.

    A wrong try is counted, so the caller's transaction must not be undone because of it.
    """
    index = digest_for(AddressCode, "index", email)
    asked = AddressCode.objects.select_for_update(of=("self",)).filter(index=index).first()
    if asked is None or asked.until <= timezone.now() or asked.tries >= TRIES or not asked.digest:
        return Answer.OVER
    asked.tries += 1
    right = constant_time_compare(asked.digest, _digest(asked.pk, typed_code(code)))
    if right:
        asked.digest = ""
    asked.save(update_fields=["tries", "digest"])
    return Answer.RIGHT if right else Answer.WRONG


def typed_code(text: str) -> str:
    """A code as people type it: small letters, a space or a hyphen in the middle."""
    return "".join(char for char in text.upper() if char.isalnum())


@transaction.atomic
def save_draft(*, email: str, answers: Iterable[tuple[str, str]], step: int) -> Draft:
    """Keep a form for an address that a code has confirmed, instead of what was kept for it before."""
    index = digest_for(Draft, "index", email)
    draft = Draft.objects.select_for_update(of=("self",)).filter(index=index).first()
    if draft is None:
        draft = Draft(index=index)
        keyring.create(draft.pk)
    draft.content = json.dumps(list(answers), ensure_ascii=False)
    draft.step, draft.expires_at = step, timezone.now() + timedelta(days=settings.PSP_DRAFT_DAYS)
    draft.save()
    return draft


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
    if Draft.objects.filter(pk=key).update(expires_at=timezone.now()):
        transaction.on_commit(lambda: _destroy(Draft, [key]))


def forget(now: datetime) -> int:
    """Destroy what is over: forms after their days, codes after their minutes. How many there were."""
    over: list[tuple[type[Any], list[UUID]]] = [
        (Draft, list(Draft.objects.filter(expires_at__lte=now).values_list("pk", flat=True))),
        (AddressCode, list(AddressCode.objects.filter(until__lte=now).values_list("pk", flat=True))),
    ]
    for model, keys in over:
        _destroy(model, keys)
    return sum(len(keys) for _model, keys in over)


def _destroy(model: type[Any], keys: list[UUID]) -> None:
    """First the keys: a row without its key opens nothing, and is found again if this is cut short."""
    for key in keys:
        keyring.destroy(key)
    model.objects.filter(pk__in=keys).delete()
