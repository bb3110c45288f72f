"""The role agreement and the safety protocol, in versions, and who said that they read and understood which."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import in_language
from psp.choices import Language
from psp.models import User
from supporters.choices import TextKind
from supporters.querysets import AcknowledgementQuerySet, ProgramTextQuerySet


class ProgramText(models.Model):
    """A text in both languages. `sections`, in the order in which they are read:
    [{"code", "heading_en", "heading_fr", "points_en": [text], "points_fr": [text]}].

    Once published a trigger refuses every change: a new wording is a new version ([NH] rule 27).
    """

    kind = models.CharField(_("text"), max_length=10, choices=TextKind)
    number = models.PositiveSmallIntegerField(_("version"))
    title_en = models.CharField(max_length=120)
    title_fr = models.CharField(max_length=120)
    sections = models.JSONField(_("sections"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = ProgramTextQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "-number"]
        verbose_name = _("text for peer supporters and the team")
        verbose_name_plural = _("texts for peer supporters and the team")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="program_text_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(published_at__isnull=True), name="program_text_one_draft"
            ),
            models.CheckConstraint(condition=Q(kind__in=TextKind.values), name="program_text_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def title(self) -> str:
        return in_language(self, "title")

    def read_in(self, language: str) -> list[dict[str, Any]]:
        """The sections as one reads them: [{"code", "heading", "points"}]."""
        code = "fr" if language.startswith("fr") else "en"
        return [
            {"code": one["code"], "heading": one[f"heading_{code}"], "points": one[f"points_{code}"]}
            for one in self.sections
        ]


class Acknowledgement(models.Model):
    """Somebody read a version and agrees to work by it. A trigger refuses changes; `language` is what they read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acknowledgements")
    text = models.ForeignKey(ProgramText, on_delete=models.PROTECT, related_name="acknowledgements")
    language = models.CharField(max_length=2, choices=Language)
    at = models.DateTimeField(default=timezone.now)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "text"], name="acknowledged_once")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
