"""Parts of the desk's page of one group that this app keeps: enrolment with its line, and where the group meets."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups import enrolling
from groups.choices import RUNNING, GroupKind, QueueState
from groups.group_parts import GroupPart, add_part
from groups.models import PeerGroup, QueuePlace
from intake.choices import Modality
from intake.desk import waiting_text
from psp.models import User


def enrolment(group: PeerGroup, _reader: User) -> dict[str, Any] | None:
    """Whether people may enrol by themselves, and who waits in line."""
    if group.kind == GroupKind.FORMAL or group.state not in RUNNING:
        return None
    rows = QueuePlace.objects.filter(group=group, state__in=enrolling.WAITS)
    line = list(rows.select_related("participant__user").order_by("since", "id"))
    waits = sum(place.state == QueueState.WAITING for place in line)
    return {
        "line": [{"place": place, "waited": waiting_text(place.since), "offered": place.state == QueueState.OFFERED}
                 for place in line],
        "read": line, "tasks": [*_not_open(group), *_nobody_fits(group, waits)],
    }  # fmt: skip


def _not_open(group: PeerGroup) -> list[dict[str, str]]:
    if group.opened_at is not None:
        return []
    return [
        {"text": _("Nobody can enrol yet. Open the enrolment when the group is ready for it."), "url": "#enrolment"}
    ]


def _nobody_fits(group: PeerGroup, waits: int) -> list[dict[str, str]]:
    """A place stays free although people wait: a coordinator looks at the line, and decides."""
    if not waits or not enrolling.room(group) or enrolling.somebody_could_take_it(group):
        return []
    text = ngettext(
        "A place is free, and the person in line cannot have it at the moment.",
        "A place is free, and none of the %(count)d people in line can have it at the moment.",
        waits,
    )
    return [{"text": text % {"count": waits}, "url": "#enrolment"}]


def place(group: PeerGroup, _reader: User) -> dict[str, Any]:
    virtual = group.modality == Modality.VIRTUAL
    running = group.state in RUNNING
    missing = running and not (group.link if virtual else group.address)
    text = _("The video link is missing.") if virtual else _("The address is missing.")
    tasks = [{"text": text, "url": reverse("desk:group_place", args=[group.pk])}] if missing else []
    return {"virtual": virtual, "changes": running, "tasks": tasks}


def register() -> None:
    add_part(GroupPart("groups/part_enrolment.html", enrolment, order=20))
    add_part(GroupPart("groups/part_place.html", place, order=30))
