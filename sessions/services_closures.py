"""Days on which a program region is closed. What is planned on them already stays, and the desk's page says so."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require
from psp.models import ProgramRegion, User
from psp.sight import coordinated_regions
from sessions.models import Closure


@transaction.atomic
def add_closure(
    *, by: User, program_region: ProgramRegion, first_day: date, last_day: date, name_en: str, name_fr: str
) -> Closure:
    """Forbidden outside the coordinator's regions; for the whole program it is the administrators'."""
    require(program_region.code in coordinated_regions(by), "add_closure")
    made = Closure.objects.create(
        program_region=program_region, first_day=first_day, last_day=last_day, name_en=name_en, name_fr=name_fr
    )
    audit.record(Action.CREATE, made, purpose=Purpose.SESSIONS)
    return made


@transaction.atomic
def remove_closure(*, closure: Closure, by: User) -> None:
    """The days are open again. Forbidden outside the coordinator's regions."""
    held = Closure.objects.select_for_update(of=("self",)).get(pk=closure.pk)
    require(held.program_region_id in coordinated_regions(by), "remove_closure")
    audit.record(Action.DELETE, held, purpose=Purpose.SESSIONS)
    held.delete()
