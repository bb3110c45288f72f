"""Who sees which sessions, and which need something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from groups.models import Membership, PeerGroup
from sessions.choices import SessionState
from sessions.querysets_calendar import groups_of
from sessions.querysets_cover import CoverQuerySet

if TYPE_CHECKING:
    from datetime import datetime


class GroupSessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> GroupSessionQuerySet:
        """The sessions of the groups that this account may see."""
        return self.filter(group__in=PeerGroup.objects.visible_to(user))

    def led_by(self, user: Any) -> GroupSessionQuerySet:
        """Of the groups that this account leads, and those for which it stands in for somebody."""
        groups = PeerGroup.objects.led_by(user).order_by().values("pk")
        return self.filter(models.Q(group__in=groups) | models.Q(pk__in=covers().stood_in_by(user).values("session")))

    def to_lead(self, user: Any) -> GroupSessionQuerySet:
        """Those of them that this account leads itself."""
        return self.led_by(user).exclude(pk__in=covers().away(user).values("session"))

    def in_calendar_of(self, user: Any) -> GroupSessionQuerySet:
        """What belongs in this account's own calendar, as a member or as somebody who leads."""
        stood_in = models.Q(pk__in=covers().stood_in_by(user).values("session"))
        rows = self.filter(models.Q(group__in=groups_of(user)) | stood_in)
        return rows.exclude(pk__in=covers().away(user).values("session"))

    def upcoming(self, now: datetime) -> GroupSessionQuerySet:
        return self.filter(state=SessionState.SCHEDULED, ends_at__gte=now).order_by("starts_at")

    def unrecorded(self, now: datetime) -> GroupSessionQuerySet:
        """Over, and nobody has said yet who was there."""
        return self.filter(state=SessionState.SCHEDULED, ends_at__lt=now).order_by("starts_at")

    def of_member(self, user: Any) -> GroupSessionQuerySet:
        """Sessions of the groups that this person belongs to now."""
        return self.filter(group__in=Membership.objects.active_of(user).values("group"))

    def starting_within(self, start: datetime, end: datetime) -> GroupSessionQuerySet:
        return self.filter(state=SessionState.SCHEDULED, starts_at__gte=start, starts_at__lt=end)


def covers() -> CoverQuerySet:
    from sessions.models import Cover

    rows: CoverQuerySet = Cover.objects.order_by()
    return rows


class AttendanceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> AttendanceQuerySet:
        from sessions.models import GroupSession

        return self.filter(session__in=GroupSession.objects.visible_to(user))


class ComingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ComingQuerySet:
        """The person, those who lead the group, and its coordinators; never the others in it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(participant__user_id=user.pk)
            | models.Q(session__group__in=PeerGroup.objects.led_by(user))
            | models.Q(session__group__in=PeerGroup.objects.in_regions_of(user))
        )
