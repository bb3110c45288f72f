"""What this app holds about a person: what they signed, word for word, and what they took back."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose, Manner
from consent.models import Consent
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Line, Record, Section, add_section
from privacy.people import role_of
from psp.choices import Language
from psp.models import User

MAP = (
    Holding(
        "consent.consent", "person", "consents",
        these("id person version purpose language text text_hash ticked typed_name manner signed_at signed_on"),
        Use.CONSENT, Basis.CONSENT, "consent", Erased.DELETED, exported=("consents",),
    ),
    Holding(
        "consent.countersignature", "consent__person", "consents", these("id consent by at"),
        Use.CONSENT, Basis.CONSENT, "consent", Erased.DELETED, exported=("consents",),
        also=("by",),
    ),
    Holding(
        "consent.withdrawal", "consent__person", "consents", these("id consent at"),
        Use.CONSENT, Basis.CONSENT, "consent", Erased.DELETED, exported=("consents",),
    ),
)  # fmt: skip


def signatures(person: User) -> Iterable[Record]:
    rows = Consent.objects.visible_to(person).select_related("version", "withdrawal", "countersignature__by")
    for row in rows.order_by("signed_at"):
        beside = getattr(row, "countersignature", None)
        ended = getattr(row, "withdrawal", None)
        yield [
            Line(_("Consent"), ConsentPurpose(row.purpose).label), Line(_("Version"), row.version.number),
            Line(_("Signed"), row.signed_at), Line(_("Date on the paper"), row.signed_on),
            Line(_("How"), Manner(row.manner).label),
            Line(_("Language"), Language(row.language).label), Line(_("Name typed as signature"), row.typed_name),
            Line(_("The text"), row.text), Line(_("Lines ticked"), _lines(row, ticked=True)),
            Line(_("Lines not ticked"), _lines(row, ticked=False)),
            Line(_("Signed beside it"), role_of(beside.by) if beside else None),
            Line(_("Taken back"), ended.at if ended else None),
        ]  # fmt: skip


def _lines(row: Consent, *, ticked: bool) -> list[str]:
    """The statements as the person read them, in the language of the signature."""
    chosen = set(row.ticked)
    return [item[f"text_{row.language}"] for item in row.version.statements if (item["code"] in chosen) is ticked]


def register() -> None:
    declare(*MAP)
    models = frozenset({"consent.consent", "consent.withdrawal", "consent.countersignature"})
    add_section(Section("consents", _("What you agreed to"), signatures, models, order=20))
