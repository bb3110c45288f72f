"""The days of those who lead, as the demo tells them: what they learned, worked, agreed on and found out lately.

Everything goes through the services that the pages use. Only what these allow on its own day alone (an earlier
check-in, a rate of pay) is written as a row. Made by the worker, since the first page needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from demo.later.hours import work
from demo.later.incidents import report
from demo.later.network import meet_others
from demo.later.supervision import support
from demo.later.team import Team, the_team
from demo.later.training import learn
from psp.models import User
from supporters.incidents.models import Incident
from supporters.models import Cohort, HoursLine, SupportPlan
from supporters.network.models import DirectoryEntry

# Each with something that it makes: where there is one already, somebody was quicker, or it was made before.
PARTS: tuple[tuple[Callable[[Team], None], Any], ...] = (
    (learn, Cohort), (support, SupportPlan), (work, HoursLine), (report, Incident), (meet_others, DirectoryEntry),
)  # fmt: skip


def make_everyday() -> None:
    """Once, however often it is called; in parts, so that whoever is on a page already waits for none of it."""
    team = the_team()
    if team is None:
        return
    for part, made in PARTS:
        with transaction.atomic():
            User.objects.select_for_update(of=("self",), no_key=True).get(pk=team["supervisor"].pk)
            if not made.objects.exists():
                part(team)
