"""What people ask about their own information: to correct it, or to delete it. A copy needs no request."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from privacy.choices import Channel, CorrectionItem, ExtensionReason, RequestKind, RequestState
from privacy.querysets import RightsRequestQuerySet
from privacy.rules import LONGEST_EXTENSION
from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User

__all__ = [
    "ANSWER", "TEXT", "Affected", "Breach", "DisposalBatch", "DisposalItem", "DueForecast", "Erasure", "Finding",
    "GlassGrant", "Hold", "LogExport", "RetentionRule", "RightsRequest", "StandingApproval",
]  # fmt: skip
TEXT, ANSWER = 500, 1000


class RightsRequest(SealedModel):
    """One request, with its last day in time ([Privacy Act] rule 16).

    `text`: what is to be corrected, in the person's words. `answer`: what the team replied. `note`: what the person
    adds beside a refusal, for good. `disposal_text`: the exact words under which the person agreed that the
    information is destroyed before the two years are over (rule 15), in `language`. `recorded_by`: who wrote down what
    came on paper or by phone. `first_due_on`: the last day before it was extended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rights_requests")
    kind = models.CharField(max_length=12, choices=RequestKind)
    item = models.CharField(max_length=16, choices=CorrectionItem, blank=True)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.OPEN)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    asked_on = models.DateField()
    due_on = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    text = EncryptedTextField(person="person_id", max_length=TEXT, blank=True)
    answer = EncryptedTextField(person="person_id", max_length=ANSWER, blank=True)
    note = EncryptedTextField(person="person_id", max_length=TEXT, blank=True)
    disposal_text = models.TextField(blank=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.PORTAL)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    identity_checked_at = models.DateTimeField(null=True)
    identity_checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    first_due_on = models.DateField(null=True)
    extension_reason = models.CharField(max_length=12, choices=ExtensionReason, blank=True)
    extended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)

    objects = RightsRequestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        verbose_name = _("request")
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(state="open"), name="rights_open_due"),
            models.Index(fields=["person", "asked_at"], name="rights_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="rights_kind_known"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="rights_state_known"),
            models.CheckConstraint(condition=Q(due_on__gt=F("asked_on")), name="rights_due_after_asked"),
            models.CheckConstraint(
                condition=Q(kind="correction", item__in=CorrectionItem.values)
                | Q(kind__in=["access", "erasure"], item=""),
                name="rights_correction_names_item",
            ),
            # Whoever is asked to destroy something early can show that the person agreed to it (rule 15).
            models.CheckConstraint(
                condition=~Q(kind="erasure") | ~Q(disposal_text=""), name="rights_erasure_has_agreement"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(answered_by__isnull=False, ended_at__isnull=False),
                name="rights_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(channel="portal", recorded_by__isnull=True)
                | Q(channel__in=["letter", "phone", "visit"], recorded_by__isnull=False),
                name="rights_paper_has_recorder",
            ),
            models.CheckConstraint(
                condition=Q(first_due_on__isnull=True, extension_reason="", extended_by__isnull=True)
                | Q(
                    first_due_on__isnull=False,
                    extension_reason__in=ExtensionReason.values,
                    extended_by__isnull=False,
                    due_on__gt=F("first_due_on"),
                ),
                name="rights_extension_whole",
            ),
            # [Privacy Act] section 15.
            models.CheckConstraint(
                condition=~Q(extension_reason__in=["operations", "consultation"])
                | Q(due_on__lte=F("first_due_on") + timedelta(days=LONGEST_EXTENSION)),
                name="rights_extension_at_most_30_days",
            ),
            # Nobody gets a copy before it is known that they are the person.
            models.CheckConstraint(
                condition=~Q(kind="access", state="accepted") | Q(identity_checked_at__isnull=False),
                name="rights_access_identity_checked",
            ),
            # Whoever writes a request down does not also let a whole file go out for it.
            models.CheckConstraint(
                condition=~Q(state="open")
                | Q(identity_checked_at__isnull=True)
                | Q(identity_checked_by__isnull=False) & ~Q(identity_checked_by=F("recorded_by")),
                name="rights_identity_checked_by_another",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="access", state="open"), name="rights_one_open_access"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="erasure", state="open"), name="rights_one_open_erasure"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


# Models of this app that have a file of their own.
from privacy.models_breach import Affected, Breach  # noqa: E402
from privacy.models_disposal import Erasure, Hold  # noqa: E402
from privacy.models_glass import GlassGrant  # noqa: E402
from privacy.models_log import Finding, LogExport  # noqa: E402
from privacy.models_retention import (  # noqa: E402
    DisposalBatch,
    DisposalItem,
    DueForecast,
    RetentionRule,
    StandingApproval,
)
