"""Certificates: the person has one made, shows it to whom they like, and withdraws it. Others check it by its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import in_language
from psp.calendar_text import long_date
from psp.crypto.fields import digest_for
from psp.errors import Conflict, DomainError, require
from psp.models import User
from psp.pdf import make_pdf
from supporters.models import Certificate, Course, Qualification
from supporters.training.certificate_code import code_of, new_code, spelled
from supporters.training.permissions import cares_for
from supporters.training.services import locked_learner


@transaction.atomic
def make_certificate(*, qualification: Qualification | UUID, by: User) -> Certificate:
    """The standing certificate of what this person completed here, made now if there is none. Twice is as once.

    Only the person has one made: before that nothing about them can be found by anybody. It bears the name that the
    program knows them by. DomainError: `not_from_us`, `no_name`.
    """
    key = qualification if isinstance(qualification, UUID) else qualification.pk
    person = locked_learner(Qualification.objects.values_list("user", flat=True).get(pk=key))
    require(by.pk == person.pk, "make_certificate")
    found = Qualification.objects.filter(pk=key).first()
    if found is None:
        raise Conflict(_("This is not open any more. Look at it as it is now."), code="gone")
    if found.cohort_id is None:
        message = _("This course was completed elsewhere. Ask there for a certificate.")
        raise DomainError(message, code="not_from_us")
    if not person.name:
        message = _("We know no name to write on it. Ask your supervisor to have it added.")
        raise DomainError(message, code="no_name")
    standing: Certificate | None = found.certificates.filter(revoked_at__isnull=True).first()
    if standing is not None:
        return standing
    made = Certificate.objects.create(user=person, qualification=found, code=new_code(), name=person.name)
    audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.OWN)
    return made


@transaction.atomic
def withdraw_certificate(*, certificate: Certificate | UUID, by: User) -> Certificate:
    """Its code says "withdrawn" from now on; another one can be made. By the person, or their supervisor."""
    key = certificate if isinstance(certificate, UUID) else certificate.pk
    locked_learner(Certificate.objects.values_list("user", flat=True).get(pk=key))
    found = Certificate.objects.get(pk=key)
    require(by.pk == found.user_id or cares_for(by, found.user_id), "withdraw_certificate")
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.CARE, fields=("revoked_at",))
    return found


# --- Checking one -----------------------------------------------------------------------------------


class Worth(StrEnum):
    VALID = "valid"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a stranger sees who has the code, and nothing else. Of one that was withdrawn: that it was."""

    worth: Worth
    name: str = ""
    course: Course | None = None
    completed_on: date | None = None
    through: date | None = None


def check_certificate(typed: str) -> Shown | None:
    """What this code is worth today; None for whatever is no code of ours, was one, or belongs to somebody who is gone.

    Each look leaves one row in the access log of the person whose certificate it is.
    """
    code = code_of(typed)
    # The same work for whatever was typed.
    digest = digest_for(Certificate, "digest", code or "nothing")
    rows = Certificate.objects.filter(digest=digest).select_related("qualification__course")
    found = rows.first()
    if found is None or not code or not found.name:
        return None
    audit.record(Action.READ, found, person=found.user_id, purpose=Purpose.OWN)
    if found.revoked_at is not None:
        return Shown(Worth.WITHDRAWN)
    known = found.qualification
    ended = known.expires_on is not None and known.expires_on < timezone.localdate()
    return Shown(
        Worth.ENDED if ended else Worth.VALID, found.name, known.course, known.completed_on, known.expires_on
    )  # fmt: skip


# --- The paper --------------------------------------------------------------------------------------


def certificate_pdf(certificate: Certificate, *, language: str, address: str) -> bytes:
    """The paper (PDF/UA-1) in "en" or "fr". `address`: where it is checked. Its title and file name tell nothing: who
    finds the file on a shared computer learns of a document; what it certifies is read by opening it."""
    with translation.override(language):
        return make_pdf("sections", words_of(certificate, language, address), language=language, title=_("Document"))


def words_of(certificate: Certificate, language: str, address: str) -> Mapping[str, Any]:
    """The paper in the language that is active, which `language` names for dates and the course; `address`: where it is
    checked."""
    known, name = certificate.qualification, certificate.name
    course = in_language(known.course, "name", language)
    facts = [
        [_("Name"), name], [_("Course"), course], [_("Completed"), long_date(known.completed_on, language)],
        [_("Valid until"), long_date(known.expires_on, language) if known.expires_on else _("no end")],
    ]  # fmt: skip
    if known.course.hours:
        facts.insert(2, [_("Hours"), str(known.course.hours)])
    if known.course.provider:
        facts.append([_("Given by"), known.course.provider])
    how = _("Whoever is shown this paper can check it at %(address)s with this code:") % {"address": address}
    return {
        "heading": _("Certificate"),
        "lead": _("%(name)s has completed this course.") % {"name": name},
        "sections": [
            {"heading": course, "facts": facts},
            {"heading": _("Is it genuine?"), "paragraphs": [how, spelled(certificate.code)]},
        ],
    }  # fmt: skip
