"""Versions of a text: drafted from the newest one, changed, published with a date ([NH Annex F] rule 23).

A published version is frozen by a trigger. What was signed before counts until the period of grace ends.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Consent, ConsentVersion
from consent.permissions import can_edit_texts
from consent.rules import grace_until
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User

CONTENT = ("title_en", "title_fr", "summary_en", "summary_fr", "statements")


def content_of(version: ConsentVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in CONTENT}


def fingerprint(version: ConsentVersion) -> str:
    """What the editor's page remembers, so that nobody overwrites what somebody else wrote meanwhile."""
    whole = json.dumps([content_of(version), str(version.valid_from)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@transaction.atomic
def draft_text(*, purpose: str, by: User) -> ConsentVersion:
    """A draft with the next number, a copy of the newest version; the draft that is there already, if there is one."""
    require(can_edit_texts(by), "edit_consent_texts")
    versions = ConsentVersion.objects.select_for_update().filter(purpose=purpose).order_by("-number")
    newest: ConsentVersion = versions[0]
    if newest.published_at is None:
        return newest
    today = timezone.localdate()
    draft = ConsentVersion(purpose=purpose, number=newest.number + 1, valid_from=today, **content_of(newest))
    draft.save(force_insert=True)
    audit.record(Action.CREATE, draft, purpose=Purpose.ADMINISTRATION)
    return draft


@transaction.atomic
def save_text(
    *, version: ConsentVersion, content: Mapping[str, Any], valid_from: date, by: User, seen: str | None = None
) -> ConsentVersion:
    """Keep the draft. Conflict `stale`; DomainError `published`."""
    draft = _opened(version, by, seen)
    for name in CONTENT:
        setattr(draft, name, content[name])
    draft.valid_from = valid_from
    draft.save()
    audit.record(Action.CHANGE, draft, purpose=Purpose.ADMINISTRATION, fields=(*CONTENT, "valid_from"))
    return draft


@transaction.atomic
def publish_text(*, version: ConsentVersion, valid_from: date, by: User, seen: str | None = None) -> ConsentVersion:
    """Freeze the draft: it is shown from `valid_from` on, and earlier signatures count until the grace is over.

    DomainError: `published`; `in_the_past` and `before_the_last` name the field; Conflict `stale`.
    """
    draft = _opened(version, by, seen)
    _check_first_day(draft, valid_from)
    draft.valid_from, draft.published_at = valid_from, timezone.now()
    draft.older_until = grace_until(valid_from, timezone.localdate(), settings.PSP_CONSENT_GRACE_DAYS)
    draft.save()
    audit.record(Action.CHANGE, draft, purpose=Purpose.ADMINISTRATION, fields=("published_at", "valid_from"))
    return draft


def _check_first_day(draft: ConsentVersion, valid_from: date) -> None:
    if valid_from < timezone.localdate():
        raise DomainError(
            _("Choose today or a later day: what was signed before stays as it was."), code="in_the_past",
            field="valid_from",
        )  # fmt: skip
    others = ConsentVersion.objects.filter(purpose=draft.purpose, published_at__isnull=False)
    if others.filter(valid_from__gt=valid_from).exists():
        raise DomainError(
            _("An earlier version begins after that day. Choose a later one."), code="before_the_last",
            field="valid_from",
        )  # fmt: skip


def _opened(version: ConsentVersion, by: User, seen: str | None) -> ConsentVersion:
    """The locked draft, once it is clear that `by` may change it and saw it as it is."""
    fresh: ConsentVersion = ConsentVersion.objects.select_for_update().get(pk=version.pk)
    require(can_edit_texts(by), "edit_consent_texts")
    if fresh.published_at is not None:
        raise DomainError(
            _("This version is published and does not change any more. Start a new draft from it."), code="published"
        )
    if seen is not None and seen != fingerprint(fresh):
        raise Conflict(
            _("Somebody changed this draft a moment ago. Open it again, then make your change."), code="stale"
        )
    return fresh


def signed_older(version: ConsentVersion) -> QuerySet[Consent]:
    """Standing signatures under an earlier version, of people who have not signed this one: they are asked again."""
    signed = Consent.objects.standing().filter(purpose=version.purpose)
    signed_this = signed.filter(version__number__gte=version.number)
    older = signed.filter(version__number__lt=version.number).exclude(person__in=signed_this.values("person"))
    return older.order_by("person")


def must_sign_again(version: ConsentVersion) -> tuple[int, bool]:
    """How many people must sign again, never exactly: rounded down, and whether there are too few to say.

    An administrator needs to know whether it is nobody, a few or hundreds; an exact number, read twice, would tell
    that one person signed or left in between.
    """
    count, threshold = signed_older(version).values("person").distinct().count(), settings.PSP_SUPPRESSION_THRESHOLD
    return count - count % threshold, 0 < count < threshold
