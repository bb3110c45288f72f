"""Safe-contact choices, message templates, and the outbox.

The outbox table is the record of what is to be sent; its unique key makes "once" true whatever
happens to workers and broker.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contact.choices import CallState, Channel, OutboxState
from contact.choices_reminders import TEMPLATES
from contact.querysets import CallTaskQuerySet, OutboxQuerySet, SafeContactQuerySet
from psp.choices import Language
from psp.crypto.fields import BlindIndexField, EncryptedTextField, SealedModel, digest_for
from psp.models import User


class SafeContact(SealedModel):
    """How it is safe to reach a person. Nothing is safe until they said so.

    `hours`: [[weekday 0–6 (Monday 0), start minute, end minute], …] in the person's own zone; empty = any time.
    """

    person = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="safe_contact")
    email_safe = models.BooleanField(_("e-mail is safe"), default=False)
    call_safe = models.BooleanField(_("a call is safe"), default=False)
    voicemail_safe = models.BooleanField(_("a voicemail is safe"), default=False)
    sms_safe = models.BooleanField(_("a text message is safe"), default=False)
    post_safe = models.BooleanField(_("a letter is safe"), default=False)
    first_choice = models.CharField(_("liked best"), max_length=8, choices=Channel, default=Channel.EMAIL)
    phone = EncryptedTextField(_("phone number"), person="person_id", max_length=40, blank=True)
    phone_index = BlindIndexField(kind="phone", db_index=True)
    address = EncryptedTextField(_("postal address"), person="person_id", max_length=400, blank=True)
    name_to_use = EncryptedTextField(_("name to use in messages"), person="person_id", max_length=80, blank=True)
    caller_name = EncryptedTextField(_("who to say is calling"), person="person_id", max_length=80, blank=True)
    explicit_texts = models.BooleanField(_("e-mails may say what they are about"), default=False)
    hours = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    recheck_on = models.DateField(_("ask again on"), null=True, blank=True)
    do_not_contact = models.BooleanField(_("do not contact me, I will look here"), default=False)

    objects = SafeContactQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["recheck_on"],
                condition=Q(recheck_on__isnull=False, do_not_contact=False),
                name="safe_contact_recheck",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)

    def set_phone(self, number: str) -> None:
        """Seal the number and derive its index. Saves nothing."""
        self.phone = number.strip()
        self.phone_index = digest_for(type(self), "phone_index", number)


class MessageTemplate(models.Model):
    """A neutral text in both languages; placeholders {when}, {code}, {link} only.

    `explicit_*` says what the message is about and goes by e-mail to those alone who chose so; empty for none. Text
    messages and subjects show on a locked screen, so they are neutral always.
    """

    code = models.SlugField(primary_key=True, max_length=40)
    subject_en = models.CharField(max_length=120)
    subject_fr = models.CharField(max_length=120)
    body_en = models.TextField(max_length=1500)
    body_fr = models.TextField(max_length=1500)
    sms_en = models.CharField(max_length=300, default="")
    sms_fr = models.CharField(max_length=300, default="")
    explicit_en = models.TextField(max_length=1500, blank=True)
    explicit_fr = models.TextField(max_length=1500, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(explicit_en="", explicit_fr="") | ~(Q(explicit_en="") | Q(explicit_fr="")),
                name="template_explicit_in_both_languages",
            )
        ]

    def __str__(self) -> str:
        return self.code


class OutboxMessage(SealedModel):
    """One message to one person. `key` is what makes it unique, e.g. "reminder:<session>:<person>:24h".

    `context` holds opaque values only ({"at": ISO time, "session": id}). `secret` is a code or a link that
    works once; it is wiped when the message leaves. Subject and body are sealed then, exactly as they went out
    but for the secret.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT)
    context = models.JSONField(default=dict)
    secret = EncryptedTextField(person="person_id", max_length=300, blank=True)
    asked_for = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    # By whom it is being sent (`contact.claiming`): a number of no meaning, made for each turn.
    claim = models.UUIDField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True)
    dealt_with_at = models.DateTimeField(null=True)
    dealt_with_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    subject = EncryptedTextField(person="person_id", max_length=200, blank=True)
    body = EncryptedTextField(person="person_id", max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="outbox_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="outbox_sending"),
            models.Index(fields=["person", "created_at"], name="outbox_person"),
            models.Index(fields=["due_at"], condition=Q(template__in=TEMPLATES), name="outbox_reminders"),
            models.Index(
                fields=["finished_at"],
                condition=Q(state__in=["unknown", "failed"], dealt_with_at__isnull=True),
                name="outbox_troubled",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=OutboxState.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=Q(dealt_with_at__isnull=True, dealt_with_by__isnull=True)
                | Q(dealt_with_at__isnull=False, dealt_with_by__isnull=False),
                name="outbox_dealt_with_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.state}"


class SentBefore(models.Model):
    """What the send ledger said after a restore (`contact.sends`): keyed digests of the keys of messages that left."""

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest


class CallTask(models.Model):
    """A message that no program may or could send: a coordinator tells the person, or writes a letter.

    One for each message, hence for each message key. What may be said comes from `contact.scripts`; nothing that
    was said is kept, only how it ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(OutboxMessage, on_delete=models.PROTECT, related_name="call")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calls")
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=CallState, default=CallState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    useful_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CallTaskQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["not_before"]
        indexes: ClassVar = [models.Index(fields=["not_before"], condition=Q(state="open"), name="call_open")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="call_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True) | (~Q(state="open") & Q(finished_at__isnull=False)),
                name="call_finished_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"


# Models of this app that have a file of their own.
from contact.models_reminders import ReminderChoice, ReminderRule  # noqa: E402

__all__ = [
    "CallTask", "MessageTemplate", "OutboxMessage", "ReminderChoice", "ReminderRule", "SafeContact", "SentBefore",
]  # fmt: skip
