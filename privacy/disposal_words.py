"""What goes and what stays, in words and numbers, for those who decide and for the certificate. Opens nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.choices import ErasureCause, ErasureState
from privacy.datamap import Erased, declared, of_topic, topics
from privacy.models import Erasure, Hold
from privacy.people import labels_of
from privacy.words import day
from psp.pdf import make_pdf

TAG_KINDS = {
    ErasureState.PREPARED: "needs-you", ErasureState.APPROVED: "active", ErasureState.DONE: "success",
    ErasureState.STOPPED: "neutral",
}  # fmt: skip


def what_goes(accounts: list[UUID]) -> list[dict[str, Any]]:
    """How many records of each topic are about these accounts: counted, never read."""
    found = []
    for topic in topics():
        rows = [row for row in of_topic(topic) if row.erased != Erased.KEPT]
        count = sum(_count(row.model, row.path, accounts) for row in rows)
        if count and not topic.team:
            found.append({"title": topic.title, "count": count})
    return found


def _count(label: str, path: str, accounts: list[UUID]) -> int:
    model = apps.get_model(label)
    field = model._meta.get_field(path.split("__")[0]) if path else model._meta.pk
    if path and not field.related_model:
        return 0  # found by an address or a digest, not by an account
    count: int = model._base_manager.filter(**{f"{path or 'pk'}__in": accounts}).count()
    return count


def what_stays() -> list[str]:
    """Why something stays, each reason once."""
    told = dict.fromkeys(str(row.kept_because) for row in declared() if row.erased == Erased.KEPT)
    return [
        _("In a group that was established: that there was a place, without anything that says whose."),
        _("Published figures. They never showed who anybody is."),
        *told,
    ]


def holds_of(accounts: list[UUID]) -> list[dict[str, str]]:
    standing = Hold.objects.standing().filter(person__in=accounts).order_by("opened_at")
    return [{"kind": hold.get_kind_display(), "since": day(hold.opened_at.date())} for hold in standing]


def erasure_row(erasure: Erasure) -> dict[str, Any]:
    """One deletion for a list or a page."""
    names = labels_of({key for key in (erasure.prepared_by_id, erasure.approved_by_id) if key})

    def named(key: UUID | None) -> str:
        return names.get(key, "") if key else ""

    return {
        "id": erasure.pk, "erasure": erasure, "reference": erasure.reference, "state": erasure.get_state_display(),
        "tag_kind": TAG_KINDS[ErasureState(erasure.state)], "cause": erasure.get_cause_display(),
        "prepared": day(erasure.prepared_at.date()), "prepared_by": named(erasure.prepared_by_id),
        "approved_by": named(erasure.approved_by_id),
        "ended": day(erasure.ended_at.date()) if erasure.ended_at else "",
    }  # fmt: skip


# --- The certificate: it names nobody, so whoever has its number may read it ---


def certificate(erasure: Erasure) -> dict[str, Any]:
    """The data of the paper `sections`, in the language that is active."""
    assert erasure.ended_at is not None
    lead = _("Everything that was held about one person has been deleted. This paper does not say whose it was.")
    records = sum(count for label, count in erasure.counts.items() if label != "psp.user")
    destroyed = _("The key to the file was destroyed. What copies kept for safety still hold cannot be read any more.")
    agreed = {
        ErasureCause.REQUEST: _("The person asked for it, and agreed to it before the two years of the law were over."),
        ErasureCause.RETENTION: _("The time for which the law asks us to keep it was over."),
    }[ErasureCause(erasure.cause)]
    return {
        "heading": _("Certificate of deletion"), "lead": lead,
        "sections": [
            {
                "heading": _("What was done"),
                "facts": [
                    [_("Number"), erasure.reference], [_("Done on"), day(erasure.ended_at.date())],
                    [_("Records deleted"), str(records)],
                ],
                "paragraphs": [
                    agreed, _("Two people decided it together. Neither could do it alone."),
                    destroyed,
                ],
            },
            {"heading": _("What stays"), "lines": what_stays()},
        ],
    }  # fmt: skip


def certificate_pdf(erasure: Erasure, language: str) -> bytes:
    with override(language):
        return make_pdf("sections", certificate(erasure), language=language, title=_("Document"))
