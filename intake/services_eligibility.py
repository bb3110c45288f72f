"""Versions of the criteria: drafted from the one in force, changed, published with a date ([PIA] rule 6).

A published version is frozen by a trigger, and an old decision keeps the version that made it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import EligibilityVersion
from intake.permissions import can_edit_eligibility
from intake.rules import from_json
from intake.sending import version_in_force
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User


def fingerprint(version: EligibilityVersion) -> str:
    """What the editor's page remembers, so that nobody overwrites what somebody else wrote meanwhile."""
    whole = json.dumps([version.content, str(version.valid_from)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@transaction.atomic
def draft_version(*, by: User) -> EligibilityVersion:
    """A draft with the next number: a copy of the version in force, to be changed and published."""
    require(can_edit_eligibility(by), "edit_eligibility")
    source = EligibilityVersion.objects.select_for_update().get(pk=version_in_force().pk)
    number = (EligibilityVersion.objects.aggregate(number=Max("number"))["number"] or 0) + 1
    draft = EligibilityVersion(number=number, valid_from=timezone.localdate())
    draft.content = stamped(source.content, number, draft.valid_from)
    draft.save(force_insert=True)
    audit.record(Action.CREATE, draft, purpose=Purpose.ADMINISTRATION)
    return draft


@transaction.atomic
def save_draft(
    *, version: EligibilityVersion, content: dict[str, Any], valid_from: date, by: User, seen: str | None = None
) -> EligibilityVersion:
    """Keep the draft. RulesError for rules that cannot be read; Conflict `stale`; DomainError `published`."""
    draft = _opened(version, by, seen)
    draft.content, draft.valid_from = stamped(content, draft.number, valid_from), valid_from
    from_json(draft.content["rules"])
    draft.save()
    audit.record(Action.CHANGE, draft, purpose=Purpose.ADMINISTRATION, fields=("content", "valid_from"))
    return draft


@transaction.atomic
def publish_draft(
    *, version: EligibilityVersion, valid_from: date, by: User, seen: str | None = None
) -> EligibilityVersion:
    """Freeze the draft; the form asks by it from `valid_from` on. DomainError `in_the_past` names the field."""
    draft = _opened(version, by, seen)
    if valid_from < timezone.localdate():
        raise DomainError(
            _("Choose today or a later day: what was asked and decided before stays as it was."),
            code="in_the_past", field="valid_from",
        )  # fmt: skip
    draft.content, draft.valid_from = stamped(draft.content, draft.number, valid_from), valid_from
    from_json(draft.content["rules"])
    draft.published_at = timezone.now()
    draft.save()
    audit.record(Action.CHANGE, draft, purpose=Purpose.ADMINISTRATION, fields=("published_at", "valid_from"))
    return draft


def stamped(content: dict[str, Any], number: int, valid_from: date) -> dict[str, Any]:
    """The content with its rules under this number and date."""
    rules = content["rules"] | {"version": number, "valid_from": valid_from.isoformat()}
    return content | {"rules": rules}


def _opened(version: EligibilityVersion, by: User, seen: str | None) -> EligibilityVersion:
    """The locked draft, once it is clear that `by` may change it and saw it as it is."""
    fresh: EligibilityVersion = EligibilityVersion.objects.select_for_update().get(pk=version.pk)
    require(can_edit_eligibility(by), "edit_eligibility")
    if fresh.published_at is not None:
        raise DomainError(
            _("This version is published and does not change any more. Start a new draft from it."), code="published"
        )
    if seen is not None and seen != fingerprint(fresh):
        raise Conflict(
            _("Somebody changed this draft a moment ago. Open it again, then make your change."), code="stale"
        )
    return fresh
