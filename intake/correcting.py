"""Corrections of a person's file that a coordinator can carry out: where they live, and what they answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from intake.choices import ApplicationState
from intake.models import Application
from intake.services_place import correct_place
from privacy.choices import CorrectionItem
from privacy.correcting import Corrector, Place, add_corrector
from psp.bilingual import in_language
from psp.models import Region, User

OPEN = (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET)


def place_field(person: User) -> forms.Field:
    regions = [(one.code, in_language(one, "name")) for one in Region.objects.order_by("order")]
    return forms.ChoiceField(
        label=_("Where the person lives"), choices=regions, initial=person.participant.region_id,
        help_text=_("Saved with “It is corrected”. If another team looks after that place, the file goes to them."),
        error_messages={"required": _("Choose a place."), "invalid_choice": _("Choose a place.")},
    )  # fmt: skip


def set_place(person: User, value: Any, by: User) -> None:
    correct_place(participant=person.participant, region=Region.objects.get(code=value), by=by)


def answers_place(person: User) -> Place:
    """Answers change while nothing is decided; then it is said in words, and the person can apply again."""
    rows = Application.objects.filter(participant=person.participant, state__in=OPEN)
    found = rows.order_by("-submitted_at").first()
    if found is None:
        return Place(_("The application is decided, so its answers stay. Say in your answer what is right."))
    return Place(_("Correct the answers"), reverse("desk:answers", args=[found.pk]))


def address_place(_person: User) -> Place:
    return Place(_("An administrator writes the new address into the account. Ask them, then answer here."))


def register() -> None:
    add_corrector(Corrector(CorrectionItem.PLACE, field=place_field, apply=set_place))
    add_corrector(Corrector(CorrectionItem.APPLICATION, place=answers_place))
    add_corrector(Corrector(CorrectionItem.ADDRESS, place=address_place))
