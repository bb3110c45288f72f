"""In which regions somebody leads, for those who must know whom to call (`supporters.network.calling`)."""

from __future__ import annotations

from collections.abc import Iterable

from groups.choices import RUNNING
from groups.models import PeerGroup
from psp.models import User
from supporters.network.calling import add_regions


def regions(user: User) -> Iterable[str]:
    groups = PeerGroup.objects.led_by(user).filter(state__in=RUNNING)
    return groups.order_by().values_list("program_region", flat=True).distinct()


def register() -> None:
    add_regions(regions)
