"""A desk for the demo's privacy officer: something of everything that waits there."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from demo.people import Person
from demo.world import World
from intake.models import Participant
from privacy.choices import BreachData, BreachState, Channel, GlassReason, RequestKind
from privacy.models import Finding
from privacy.rules_unusual import Pattern
from privacy.services_breach import add_affected, decide_affected, move_breach, record_breach
from privacy.services_glass import open_glass
from privacy.services_paper import record_request
from psp.context_vars import acting
from psp.models import User

NEEDED = 4


def make_office(world: World, people: list[Person]) -> None:
    """Requests on paper, an opening from elsewhere, a material breach and an unusual pattern."""
    here = [world.participants[one.id] for one in people if one.province == "QC" and one.fate == "accepted"]
    officer, visitor = world.staff["privacy"], world.staff["coordinator.on"]
    # The first two are the people whom the README names: their files stay as it tells them.
    chosen = here[2 : 2 + NEEDED]
    if len(chosen) < NEEDED:
        return
    with acting(officer.pk):
        make_requests(chosen, officer)
        make_breach(chosen, officer)
    with acting(visitor.pk):
        file = chosen[-1]
        open_glass(
            person=file.user, region=file.program_region, reason=GlassReason.CALLED, by=visitor,
            words="A call at our number, late in the evening.",
        )  # fmt: skip
    make_finding(visitor)
    world.counts["office"] = NEEDED


def make_requests(files: list[Participant], officer: User) -> None:
    today = timezone.localdate()
    for file, channel, days in ((files[0], Channel.LETTER, 24), (files[1], Channel.PHONE, 2)):
        record_request(
            person=file.user, kind=RequestKind.ACCESS, channel=channel, received_on=today - timedelta(days=days),
            by=officer,
        )  # fmt: skip


def make_breach(files: list[Participant], officer: User) -> None:
    now = timezone.now()
    breach = record_breach(
        by=officer, happened_from=now - timedelta(days=3), happened_until=None, discovered_at=now - timedelta(days=2),
        place="Shared printer", kinds=[BreachData.CONTACT.value], affected=2,
        what="A list of phone numbers lay on a printer for an hour.", measures="The list was destroyed.",
    )  # fmt: skip
    for file in files[:2]:
        add_affected(breach=breach, person=file.user_id, by=officer)
    decide_affected(breach=breach, people=None, confirmed=True, by=officer)
    move_breach(breach=breach, to=BreachState.MATERIAL, by=officer)


def make_finding(actor: User) -> None:
    at = timezone.now() - timedelta(days=1)
    Finding.objects.create(
        pattern=Pattern.MANY_FILES.value, actor=actor, day=at.date(), count=27, first_at=at,
        last_at=at + timedelta(minutes=12),
    )  # fmt: skip
