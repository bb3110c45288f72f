"""Consent texts in versions, and what people signed. Published versions and signatures never change."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose, Manner
from consent.querysets import ConsentQuerySet, ConsentVersionQuerySet
from consent.rules import ConsentVersion as TextVersion
from psp.bilingual import in_language, reader_language
from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User


class ConsentVersion(models.Model):
    """A text in both languages. `statements`: [{"code", "required", "text_en", "text_fr"}], each ticked by itself.

    Once `published_at` is set a trigger refuses every change: a new wording is a new version, which
    asks for a new consent and never rewrites an old one ([NH Annex F] rule 23).
    """

    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    number = models.PositiveSmallIntegerField(_("version"))
    title_en = models.CharField(max_length=120)
    title_fr = models.CharField(max_length=120)
    summary_en = models.TextField(max_length=2000)
    summary_fr = models.TextField(max_length=2000)
    statements = models.JSONField(_("statements"))
    valid_from = models.DateField(_("valid from"))
    # The last day on which a signature under an earlier version still counts; set when this one is published.
    older_until = models.DateField(_("earlier signatures count until"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = ConsentVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["purpose", "-number"]
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "number"], name="consent_version_once"),
            models.CheckConstraint(condition=Q(purpose__in=ConsentPurpose.values), name="consent_purpose_known"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(number=1) | Q(older_until__isnull=False),
                name="consent_version_has_grace",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.number}"

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def summary(self) -> str:
        return in_language(self, "summary")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The statements in the reader's language: [{"code", "required", "text"}]."""
        return self.lines_in(reader_language())

    def lines_in(self, language: str) -> list[dict[str, Any]]:
        return [
            {"code": item["code"], "required": item["required"], "text": item[f"text_{language}"]}
            for item in self.statements
        ]

    def as_text(self) -> TextVersion:
        """The same version as the pure rules know it."""
        return TextVersion.from_json(
            {
                "code": self.purpose, "version": self.number, "title_en": self.title_en, "title_fr": self.title_fr,
                "summary_en": self.summary_en, "summary_fr": self.summary_fr, "statements": self.statements,
            }
        )  # fmt: skip


class PurposeSwitch(models.Model):
    """Whether a purpose is offered at all. One that is off can be neither signed (a trigger) nor in force.

    Nobody can take part without the consent to it, so that one cannot be switched off.
    """

    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose, primary_key=True, editable=False)
    offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering: ClassVar = ["purpose"]
        verbose_name = _("purpose of consent")
        verbose_name_plural = _("purposes of consent")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offered=True) | ~Q(purpose=ConsentPurpose.TAKING_PART), name="consent_taking_part_offered"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_purpose_display())


class Consent(SealedModel):
    """A signature: the exact text that was shown, its language and version, what was ticked, the typed name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    version = models.ForeignKey(ConsentVersion, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    ticked = models.JSONField()
    typed_name = EncryptedTextField(person="person_id", max_length=120)
    manner = models.CharField(max_length=8, choices=Manner, default=Manner.ONLINE)
    signed_at = models.DateTimeField(default=timezone.now)
    # The day that stands on the paper, where there is one.
    signed_on = models.DateField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-signed_at"]
        indexes: ClassVar = [models.Index(fields=["person", "purpose"], name="consent_person_purpose")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(manner=Manner.PAPER, signed_on__isnull=False)
                | (~Q(manner=Manner.PAPER) & Q(signed_on__isnull=True)),
                name="consent_paper_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.signed_at:%Y-%m-%d}"


class CounterSignature(models.Model):
    """The team member whose name and date stand beside a signature ([NH Annex F] rule 20)."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="countersignature")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Withdrawal(models.Model):
    """The end of a consent. There is no place for a reason: none is ever asked ([NH Annex F] rule 22)."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField(default=timezone.now)
