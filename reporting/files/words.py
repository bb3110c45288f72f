"""How the parts of a table are called, and how to read figures, in the language that is active."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from reporting.choices import Measure, Method
from reporting.dimensions import dimension
from reporting.disclosure import ALL, Key, ProtectedTable
from reporting.files.books import Book, breakdown, has_overlaps
from reporting.freezing.corrections import Correction
from reporting.releases.manifest import Names, in_language
from reporting.releases.words import correction_lines

# The measure of a line that says what changed since in a period that was closed before.
CORRECTION = "correction"
PUBLISHED, HIDDEN, ROUNDED = "published", "hidden", "rounded"
STATUSES = {
    PUBLISHED: gettext_lazy("as counted"), HIDDEN: gettext_lazy("hidden"),
    ROUNDED: gettext_lazy("rounded to a multiple of 5"),
}  # fmt: skip


def hidden_word() -> str:
    return _("hidden")


def status_of(table: ProtectedTable, value: float | None) -> str:
    if value is None:
        return HIDDEN
    return ROUNDED if table.method.value == Method.ROUNDING.value else PUBLISHED


def measure_name(measure: str) -> str:
    """The code itself where it is not known."""
    if measure == CORRECTION:
        return _("Change since it was published")
    if measure == Measure.COUNT.value:
        return pgettext("figure", "Number")
    return str(Measure(measure).label) if measure in Measure.values else measure


class Vocabulary:
    """How dimensions and categories are called, in the language that is active when it is made. Each is read once.

    `names`: how a release called its categories, which stays.
    """

    def __init__(self, names: Names | None = None) -> None:
        self._kept = in_language(names or {}, get_language() or "en")
        self._known: dict[str, tuple[str, str, dict[str, str]]] = {}

    def _of(self, code: str) -> tuple[str, str, dict[str, str]]:
        """Name, name for all, and names of the categories in order; codes for what is not known any more."""
        if code not in self._known:
            try:
                found = dimension(code)
            except KeyError:
                self._known[code] = (code, _("All"), self._kept.get(code, {}))
            else:
                names = {str(key): str(name) for key, name in found.categories()} | self._kept.get(code, {})
                self._known[code] = (str(found.name), str(found.all_name), names)
        return self._known[code]

    def dimension(self, code: str) -> str:
        return self._of(code)[0]

    def category(self, code: str, category: str) -> str:
        _name, everything, names = self._of(code)
        return everything if category == ALL else names.get(category, category)

    def breakdown(self, names: Sequence[str]) -> str:
        """As in "Region and language"; "Everything together" without dimensions."""
        first, *others = [self.dimension(name) for name in names] or [_("Everything together")]
        return _(" and ").join([first, *(name[:1].lower() + name[1:] for name in others)])

    def in_order(self, code: str, categories: Sequence[str]) -> list[str]:
        """Categories as people read them, those that are not known any more last."""
        place = {key: number for number, key in enumerate(self._of(code)[2])}
        return sorted(categories, key=lambda one: (place.get(one, len(place)), one))

    def keys(self, table: ProtectedTable) -> list[Key]:
        """Every key of a table, as people read it: category by category, all of them together last."""
        if not breakdown(table):
            return [(ALL,)]
        lines = [
            [*self.in_order(name, categories), ALL]
            for name, categories in zip(table.dimensions, table.categories, strict=True)
        ]
        return list(product(*lines))


def shown(value: float | None) -> str:
    """A figure as people read it."""
    if value is None:
        return hidden_word()
    places = None if isinstance(value, int) or float(value).is_integer() else 1
    figure = int(value) if places is None else value
    return number_format(figure, places, use_l10n=True, force_grouping=True)


def changes(book: Book, language: str) -> list[str]:
    """Corrections of earlier periods, each in a sentence as on the page of the report."""
    found: list[Correction] = [
        {"code": one.series, "period": one.period.code, "change": one.change} for one in book.changes
    ]
    return correction_lines(found, {one.series: one.name(language) for one in book.changes})


def how_to_read(book: Book) -> list[str]:
    """Sentences that every file carries."""
    said = [
        _("A figure that is marked “hidden” is not zero: zeros are shown."),
        _("Small figures are hidden, and so are others from which a small one could be worked out."),
        _(
            "Apart from zeros, no count below %(threshold)d is shown, nor any that comes from fewer than %(threshold)d "
            "people."
        )
        % {"threshold": book.threshold},
    ]
    if book.method == Method.ROUNDING:
        said += [
            _("Every count that is shown is rounded to a multiple of 5."),
            _("Parts that were rounded need not add up to their whole."),
        ]
    if has_overlaps(book):
        said.append(
            _("Where the same people are counted in several categories, the whole is not the sum of its parts.")
        )
    said += [
        _("People who did not agree to be counted are in none of the figures about people."),
        _("A fiscal year begins on 1 April."),
        _("Figures are counted once, after the period is over, and do not change any more."),
    ]
    return said
