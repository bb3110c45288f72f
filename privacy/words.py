"""Requests in words, on the reader's own clock and in their language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from privacy.choices import CorrectionItem, RequestKind, RequestState
from privacy.models import RightsRequest
from privacy.models_disposal import certificate_number
from privacy.rules import urgency
from psp.bilingual import reader_language
from psp.calendar_text import long_date, relative_days

TAG_KINDS = {
    RequestState.OPEN: "active", RequestState.ACCEPTED: "success", RequestState.REFUSED: "neutral",
    RequestState.TAKEN_BACK: "neutral",
}  # fmt: skip
URGENCY_KINDS = {"late": "danger", "soon": "needs-you", "calm": "active"}


def day(moment: date) -> str:
    return long_date(moment, reader_language(), article=False)


def request_row(request: RightsRequest, **more: Any) -> dict[str, Any]:
    """One request for a list or a page, with its last day in words."""
    today = timezone.localdate()
    return {
        "id": request.pk, "request": request, "kind": request.get_kind_display(),
        "item": CorrectionItem(request.item).label if request.item else "", "asked": day(request.asked_on),
        "due": day(request.due_on), "due_in": relative_days(request.due_on, today, reader_language()),
        "number": certificate_number(request.pk) if request.kind == RequestKind.ERASURE else "",
        "open": request.state == RequestState.OPEN, "state": request.get_state_display(),
        "tag_kind": TAG_KINDS[RequestState(request.state)],
        "urgency_kind": URGENCY_KINDS[urgency(request.due_on, today)], **more,
    }  # fmt: skip
