"""Meeting peers from other regions ([NH] rule 33): who wishes to be found, events, and a library of links."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from psp.models_crisis import LINK
from supporters.network.choices import InterestCode, ResourceLanguage, ResourceState, TouchState
from supporters.network.querysets import EntryQuerySet, EventQuerySet, ResourceQuerySet, TouchQuerySet


class DirectoryEntry(SealedModel):
    """Somebody who leads wishes to be found by others who do. Leaving deletes the row; no history says it was there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    interests = ArrayField(models.CharField(max_length=12, choices=InterestCode), default=list, blank=True)
    line = EncryptedTextField(person="user_id", max_length=160, blank=True)
    since = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class Touch(SealedModel):
    """Somebody asks to be put in touch with another. `asker_way`, `asked_way`: how each can be reached, in their own
    words, written for this one person and shown to them only once both agreed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=TouchState, default=TouchState.ASKED)
    asker_way = EncryptedTextField(person="asker_id", max_length=160)
    asked_way = EncryptedTextField(person="asked_id", max_length=160, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    objects = TouchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asker", "asked"], name="touch_asked_once"),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="touch_with_another"),
            models.CheckConstraint(condition=Q(state__in=TouchState.values), name="touch_state_known"),
            models.CheckConstraint(
                condition=Q(state=TouchState.ASKED, answered_at__isnull=True)
                | (~Q(state=TouchState.ASKED) & Q(answered_at__isnull=False)),
                name="touch_answered_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.asker_id

    def other_of(self, me: User) -> User:
        return self.asked if self.asker_id == me.pk else self.asker

    def way_to_other(self, me: User) -> str:
        """How the other one can be reached; "" before both agreed."""
        if self.state != TouchState.AGREED:
            return ""
        return str(self.asked_way if self.asker_id == me.pk else self.asker_way)


class NetworkEvent(models.Model):
    """A meeting across regions. `place_*`: where, in words; `link`: how to join online, for those who come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title_en = models.CharField(max_length=120)
    title_fr = models.CharField(max_length=120)
    about_en = models.CharField(max_length=400, blank=True)
    about_fr = models.CharField(max_length=400, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    place_fr = models.CharField(max_length=160, blank=True)
    link = models.CharField(max_length=500, blank=True, validators=[LINK])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_began"),
            models.CheckConstraint(condition=Q(places__range=(2, 500)), name="event_places_sensible"),
            models.CheckConstraint(
                condition=~Q(link="") | (~Q(place_en="") & ~Q(place_fr="")), name="event_is_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def title(self) -> str:
        return in_language(self, "title")


class EventPlace(models.Model):
    """Somebody comes. A trigger counts the places; leaving deletes the row."""

    event = models.ForeignKey(NetworkEvent, on_delete=models.CASCADE, related_name="taken")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "user"], name="event_place_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class ResourceTopic(models.Model):
    """What the library is sorted by. Never deleted: what is not offered is switched off."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    active = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("topic of the library")
        verbose_name_plural = _("topics of the library")

    def __str__(self) -> str:
        return in_language(self, "name")


class Resource(models.Model):
    """One link. Listed ones have title and summary in both languages and a day on which somebody looks again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(ResourceTopic, on_delete=models.PROTECT, related_name="resources")
    language = models.CharField(max_length=4, choices=ResourceLanguage)
    link = models.CharField(max_length=500, validators=[LINK])
    title_en = models.CharField(max_length=120, blank=True)
    title_fr = models.CharField(max_length=120, blank=True)
    summary_en = models.CharField(max_length=400, blank=True)
    summary_fr = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=9, choices=ResourceState, default=ResourceState.SUGGESTED)
    review_on = models.DateField(null=True)
    broken_since = models.DateField(null=True)
    suggested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    looked_at_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["topic__order", "title_en", "made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ResourceState.values), name="resource_state_known"),
            models.CheckConstraint(condition=Q(link__startswith="https://"), name="resource_link_is_safe"),
            models.CheckConstraint(
                condition=~Q(state=ResourceState.LISTED)
                | (
                    ~Q(title_en="") & ~Q(title_fr="") & ~Q(summary_en="") & ~Q(summary_fr="")
                    & Q(review_on__isnull=False)
                ),
                name="resource_listed_is_whole",
            ),
            models.UniqueConstraint(
                fields=["link"], condition=~Q(state=ResourceState.RETIRED), name="resource_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)

    @property
    def title(self) -> str:
        return in_language(self, "title") or self.title_en or self.title_fr

    @property
    def summary(self) -> str:
        return in_language(self, "summary") or self.summary_en or self.summary_fr
