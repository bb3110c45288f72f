"""By what figures are broken down, and how each category is called. Only what is named here can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind
from intake.choices import Modality
from psp.choices import Language
from psp.models import ProgramRegion
from reporting.disclosure import ALL
from reporting.known import Known


@dataclass(frozen=True, slots=True)
class Dimension:
    """`categories`: code and name of each, in the order in which they are shown. `codes`: the codes alone, where those
    are read faster."""

    code: str
    name: str | Promise
    all_name: str | Promise
    categories: Callable[[], Sequence[tuple[str, Any]]]
    codes: Callable[[], Iterable[str]] | None = None


_known = Known[Dimension]("dimension")
add_dimension, add_family, dimension = _known.add, _known.add_family, _known.get


def codes(code: str) -> tuple[str, ...]:
    """The codes of its categories, sorted, as a table holds them."""
    found = dimension(code)
    return tuple(sorted(found.codes() if found.codes else (key for key, _name in found.categories())))


def name_of(code: str, category: str) -> str:
    """How a category is called in the language that is active; the code itself where it is not known any more."""
    found = dimension(code)
    if category == ALL:
        return str(found.all_name)
    return str(dict(found.categories()).get(category, category))


def named(choices: type[TextChoices]) -> list[tuple[str, Any]]:
    """Code and name of every choice."""
    return [(str(value), label) for value, label in choices.choices]


def _of(choices: type[TextChoices]) -> Callable[[], Sequence[tuple[str, Any]]]:
    return lambda: named(choices)


def _regions() -> Sequence[tuple[str, Any]]:
    return [(region.code, str(region)) for region in ProgramRegion.objects.all()]


def region_codes() -> Iterable[str]:
    return ProgramRegion.objects.order_by().values_list("code", flat=True)


add_dimension(Dimension("region", _("Region"), _("All regions"), _regions, region_codes))
add_dimension(Dimension("language", _("Language"), _("Both languages"), _of(Language)))
add_dimension(Dimension("kind", _("Kind of group"), _("All kinds of groups"), _of(GroupKind)))
add_dimension(Dimension("modality", _("How it is held"), _("However it is held"), _of(Modality)))
