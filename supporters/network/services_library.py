"""Events across regions, and the library: made by supervisors, used and added to by those who lead ([NH] rule 33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from psp.sight import sight_of
from supporters.network.choices import RESOURCE_TRANSITIONS, ResourceState
from supporters.network.models import EventPlace, NetworkEvent, Resource

EVENT_FIELDS = ("title_en", "title_fr", "about_en", "about_fr", "place_en", "place_fr", "link", "starts_at", "ends_at",
                "places")  # fmt: skip
SAID = ("topic", "language", "title_en", "title_fr", "summary_en", "summary_fr")
RESOURCE_FIELDS = (*SAID, "link", "review_on")
REVIEW_AFTER = timedelta(days=365)


def can_make(by: User) -> bool:
    return sight_of(by).has(Role.SUPERVISOR)


# --- Events ---


@transaction.atomic
def make_event(*, by: User, content: Mapping[str, Any]) -> NetworkEvent:
    """The same meeting sent twice is one. DomainError `in_the_past`."""
    require(can_make(by), "network_event")
    _check_begin(content)
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=by.pk).values_list("pk"))
    same: NetworkEvent | None = NetworkEvent.objects.filter(
        made_by=by, cancelled_at__isnull=True, **{name: content[name] for name in EVENT_FIELDS}
    ).first()
    if same is not None:
        return same
    made = NetworkEvent.objects.create(made_by=by, **{name: content[name] for name in EVENT_FIELDS})
    audit.record(Action.CREATE, made, purpose=Purpose.CARE)
    return made


@transaction.atomic
def change_event(*, event: NetworkEvent, by: User, content: Mapping[str, Any]) -> NetworkEvent:
    """DomainError `in_the_past`, `fewer_places` (than people who come); Conflict `cancelled`."""
    require(can_make(by), "network_event")
    fresh = _event(event)
    _check_begin(content)
    if content["places"] < fresh.taken.count():
        raise DomainError(_("More people come already. Choose a higher number."), code="fewer_places", field="places")
    for name in EVENT_FIELDS:
        setattr(fresh, name, content[name])
    fresh.save()
    audit.record(Action.CHANGE, fresh, purpose=Purpose.CARE)
    return fresh


@transaction.atomic
def cancel_event(*, event: NetworkEvent, by: User) -> None:
    """It does not take place; twice is once."""
    require(can_make(by), "network_event")
    fresh: NetworkEvent = NetworkEvent.objects.select_for_update().get(pk=event.pk)
    if fresh.cancelled_at is None:
        fresh.cancelled_at = timezone.now()
        fresh.save(update_fields=["cancelled_at"])
        audit.record(Action.CHANGE, fresh, purpose=Purpose.CARE, fields=("cancelled_at",))


@transaction.atomic
def join_event(*, event: NetworkEvent, by: User) -> EventPlace:
    """Say that one comes; twice is once. DomainError `event_has_room`, `over`; Conflict `cancelled`."""
    require(sight_of(by).has(Role.SUPPORTER), "join_event")
    fresh = _event(event)
    if fresh.ends_at <= timezone.now():
        raise DomainError(_("This meeting is over. Choose another one."), code="over")
    place: EventPlace | None = fresh.taken.filter(user=by).first()
    if place is not None:
        return place
    try:
        with transaction.atomic():
            place = EventPlace.objects.create(event=fresh, user=by)
    except IntegrityError as error:
        raise DomainError(_("Every place is taken. One may become free again."), code=constraint_name(error)) from error
    audit.record(Action.CREATE, place, person=by.pk, purpose=Purpose.OWN)
    return place


@transaction.atomic
def leave_event(*, event: NetworkEvent, by: User) -> None:
    """Not come after all, without a reason; twice is once."""
    EventPlace.objects.filter(event=event, user=by).delete()


def _event(event: NetworkEvent) -> NetworkEvent:
    fresh: NetworkEvent = NetworkEvent.objects.select_for_update().get(pk=event.pk)
    if fresh.cancelled_at is not None:
        raise Conflict(_("This meeting was cancelled. Choose another one."), code="cancelled")
    return fresh


def _check_begin(content: Mapping[str, Any]) -> None:
    if content["starts_at"] <= timezone.now():
        raise DomainError(_("Choose a time that is still to come."), code="in_the_past", field="day")


# --- The library ---


@transaction.atomic
def suggest(*, by: User, content: Mapping[str, Any]) -> Resource:
    """A link that may help others; a supervisor looks at it. DomainError `resource_once`: it is there already."""
    require(sight_of(by).has(Role.SUPPORTER, Role.CLINICIAN), "suggest_resource")
    made = Resource(suggested_by=by, **{name: content.get(name, "") for name in (*SAID, "link")})
    return _saved(made, Action.CREATE)


@transaction.atomic
def list_resource(*, by: User, content: Mapping[str, Any], resource: Resource | None = None) -> Resource:
    """Put a link into the library, accept a suggestion, or change what is said of one; it counts as looked at today.

    DomainError `resource_once`; Conflict `stale` where the state allows it no more.
    """
    require(can_make(by), "list_resource")
    row = Resource.objects.select_for_update().get(pk=resource.pk) if resource else Resource()
    for name in RESOURCE_FIELDS:
        setattr(row, name, content[name])
    row.state, row.looked_at_by, row.broken_since = ResourceState.LISTED, by, None
    return _saved(row, Action.CHANGE if resource else Action.CREATE)


@transaction.atomic
def looked_at(*, resource: Resource, by: User) -> Resource:
    """Still good and still there: the next look is a year from today."""
    require(can_make(by), "list_resource")
    row: Resource = Resource.objects.select_for_update().get(pk=resource.pk)
    if row.state != ResourceState.LISTED:
        raise Conflict(_("This is not in the library any more."), code="stale")
    row.review_on, row.broken_since, row.looked_at_by = timezone.localdate() + REVIEW_AFTER, None, by
    return _saved(row, Action.CHANGE)


@transaction.atomic
def take_out(*, resource: Resource, by: User) -> None:
    """A suggestion that does not fit, or a link that helps no more. Twice is once."""
    require(can_make(by), "list_resource")
    row: Resource = Resource.objects.select_for_update().get(pk=resource.pk)
    if ResourceState.RETIRED in RESOURCE_TRANSITIONS[ResourceState(row.state)]:
        row.state, row.looked_at_by = ResourceState.RETIRED, by
        _saved(row, Action.CHANGE)


@transaction.atomic
def say_broken(*, resource: Resource, by: User) -> None:
    """The link does not open; who said so is not kept. Twice is once."""
    require(sight_of(by).has(Role.SUPPORTER, Role.CLINICIAN, Role.SUPERVISOR), "say_broken")
    Resource.objects.listed().filter(pk=resource.pk, broken_since=None).update(broken_since=timezone.localdate())


def _same(row: Resource) -> Resource | None:
    """The one that says the very same, put there by the same person."""
    names = ("link", *SAID, "state", "suggested_by", "looked_at_by")
    found: Resource | None = Resource.objects.filter(**{name: getattr(row, name) for name in names}).first()
    return found


def _saved(row: Resource, action: Action) -> Resource:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if constraint_name(error) != "resource_once":
            raise
        same = _same(row) if action == Action.CREATE else None
        if same is not None:
            return same  # the second press
        raise DomainError(
            _("This link is in the library already, or waits for a look."), code="resource_once", field="link"
        ) from error
    audit.record(action, row, purpose=Purpose.CARE)
    return row
