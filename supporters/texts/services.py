"""Versions of the agreements and the protocol: drafted from the newest, published once; and who agrees to them.

A trigger freezes what was published and what was acknowledged ([NH] rule 27).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from supporters.choices import TextKind
from supporters.models import Acknowledgement, ProgramText
from supporters.texts.notices import tell_new_version
from supporters.texts.permissions import can_acknowledge_for, can_edit_program_texts
from supporters.texts.reading import current, kinds_for
from supporters.texts.rules import one_sided

CONTENT = ("title_en", "title_fr", "sections")


def content_of(text: ProgramText) -> dict[str, Any]:
    return {name: getattr(text, name) for name in CONTENT}


def fingerprint(text: ProgramText) -> str:
    """What the editor's page remembers, so that nobody overwrites what somebody else wrote meanwhile."""
    return hashlib.sha256(json.dumps(content_of(text), sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def draft(*, kind: str, by: User) -> ProgramText:
    """A draft with the next number, a copy of the newest version; the draft that is there already, if there is one."""
    require(can_edit_program_texts(by), "edit_program_texts")
    _latch(kind)
    newest: ProgramText = ProgramText.objects.filter(kind=kind).order_by("-number")[0]
    if newest.published_at is None:
        return newest
    made = ProgramText(kind=kind, number=newest.number + 1, **content_of(newest))
    made.save(force_insert=True)
    audit.record(Action.CREATE, made, purpose=Purpose.ADMINISTRATION)
    return made


@transaction.atomic
def save_draft(*, text: ProgramText, content: Mapping[str, Any], by: User, seen: str | None = None) -> ProgramText:
    """Keep the draft. Conflict `stale`; DomainError `published`."""
    fresh = _opened(text, by, seen)
    for name in CONTENT:
        setattr(fresh, name, content[name])
    fresh.save()
    audit.record(Action.CHANGE, fresh, purpose=Purpose.ADMINISTRATION, fields=CONTENT)
    return fresh


@transaction.atomic
def publish(*, text: ProgramText, by: User, seen: str | None = None) -> ProgramText:
    """Freeze the draft: from now on it is the version in force, and everybody concerned is told and asked to agree.

    DomainError `published`, `one_sided`; Conflict `stale`.
    """
    fresh = _opened(text, by, seen)
    if (code := one_sided(fresh.sections)) is not None:
        raise DomainError(
            _("The section “%(heading)s” does not have the same points in both languages. Complete it first.")
            % {"heading": _heading(fresh, code)}, code="one_sided",
        )  # fmt: skip
    fresh.published_at, fresh.published_by = timezone.now(), by
    fresh.save()
    audit.record(Action.CHANGE, fresh, purpose=Purpose.ADMINISTRATION, fields=("published_at",))
    tell_new_version(fresh, by=by)
    return fresh


@transaction.atomic
def throw_away(*, text: ProgramText, by: User) -> None:
    """Delete a draft. DomainError `published`."""
    fresh = _opened(text, by, None)
    audit.record(Action.DELETE, fresh, purpose=Purpose.ADMINISTRATION)
    fresh.delete()


@transaction.atomic
def acknowledge(*, user: User, text: ProgramText, by: User, language: str) -> Acknowledgement:
    """`user` read the version in force in `language` and agrees to work by it. Saying it twice is saying it once.

    Conflict `newer_version` where it was replaced meanwhile; DomainError `not_asked` for a text of other people.
    """
    # Publishing waits at the same door: nobody agrees to a version that is replaced at that moment.
    _latch(text.kind)
    require(can_acknowledge_for(by, user), "acknowledge")
    if text.kind not in kinds_for(user):
        raise DomainError(_("This text is for people in another role. There is nothing to do here."), code="not_asked")
    done: Acknowledgement | None = Acknowledgement.objects.filter(user=user, text=text).first()
    if done is not None:
        return done
    if text != current(text.kind):
        raise Conflict(_("A newer version came out a moment ago. Please read that one."), code="newer_version")
    made = Acknowledgement.objects.create(user=user, text=text, language=language)
    audit.record(Action.CREATE, made, person=user.pk, purpose=Purpose.CARE)
    return made


def _opened(text: ProgramText, by: User, seen: str | None) -> ProgramText:
    """The locked draft, once it is clear that `by` may change it and saw it as it is."""
    _latch(text.kind)
    fresh: ProgramText | None = ProgramText.objects.filter(pk=text.pk).first()
    require(can_edit_program_texts(by), "edit_program_texts")
    if fresh is None:
        raise Conflict(_("Somebody threw this draft away a moment ago. Start a new one."), code="stale")
    if fresh.published_at is not None:
        raise DomainError(
            _("This version is published and does not change any more. Start a new draft from it."), code="published"
        )
    if seen is not None and seen != fingerprint(fresh):
        raise Conflict(
            _("Somebody changed this draft a moment ago. Open it again, then make your change."), code="stale"
        )
    return fresh


def _latch(kind: str) -> None:
    """One change of a text at a time: its first version is locked, and what follows is read after that."""
    list(ProgramText.objects.select_for_update().filter(kind=kind).order_by("number")[:1])


def _heading(text: ProgramText, code: str) -> str:
    found = next(section for section in text.sections if section["code"] == code)
    return found["heading_en"] or found["heading_fr"] or code


def asks(kind: str) -> bool:
    """Whether people are asked to agree to this text; the protocol is there to be used."""
    return kind != TextKind.PROTOCOL
