"""The access log: append-only, sealed into a chain afterwards so that no request waits for another.

`Entry` rows are written in the request's own transaction. A database trigger notes each new one in
`Unsealed`; beat takes those and writes a `Link` for each, whose digest covers the entry and the
link before. The application's role may insert into `Entry` and `Link`, and change or delete neither.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.audit.choices import Action, Purpose


class Entry(models.Model):
    """`actor` and `person` are opaque account ids, kept when the accounts are gone."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.UUIDField(_("who"), null=True)
    action = models.CharField(_("what"), max_length=10, choices=Action)
    model = models.CharField(_("record type"), max_length=60, blank=True)
    object_id = models.CharField(_("record"), max_length=64, blank=True)
    person = models.UUIDField(_("about"), null=True)
    fields = models.CharField(_("fields"), max_length=400, blank=True)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    request_id = models.CharField(_("request"), max_length=36, blank=True)

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log")
        indexes: ClassVar = [
            models.Index(fields=["person", "at"], name="audit_entry_person"),
            models.Index(fields=["actor", "at"], name="audit_entry_actor"),
            # Days of everybody: the log grows in the order of time, so a few pages of index are enough, and almost
            # nothing is written with each entry.
            BrinIndex(fields=["at"], name="audit_entry_day", pages_per_range=16, autosummarize=True),
            models.Index(fields=["-id"], name="audit_entry_denied", condition=models.Q(action="denied")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="audit_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.model}"


class Unsealed(models.Model):
    """Entries that wait for the next seal. Filled by a trigger, emptied by beat."""

    entry = models.OneToOneField(Entry, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False)


class Link(models.Model):
    """One link of the chain: `digest` = HMAC(previous digest, entry)."""

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="link")
    digest = models.CharField(max_length=64)


class Checkpoint(models.Model):
    """Where the chain begins since older entries went by their retention rule: after `link`, from `digest` on.

    `cutoff`: everything that went is older. `kept`: entries that a hold keeps, sealed anew at the chain's end.
    `signature` covers all of this and the checkpoint before. Only `audit_thin` makes one, and nobody changes it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    link = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    cutoff = models.DateTimeField()
    removed = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    batch = models.UUIDField()
    signature = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            # [PIA] rule 15: what was used for a decision is kept for two years at least.
            models.CheckConstraint(
                condition=models.Q(cutoff__lte=models.F("at") - timedelta(days=730)), name="audit_checkpoint_floor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.link}"
