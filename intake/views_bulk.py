"""Several applications at once: what will happen to whom, then one button, then what happened and how to undo it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from intake import desk, trail
from intake.bulk_words import doing, sentences_of_skips
from intake.choices import BulkAction
from intake.forms_bulk import BulkForm
from intake.models import Application
from intake.models_desk import BulkAct
from intake.rules_bulk import MOST_AT_ONCE
from intake.services_bulk import Order, Plan, carry_out, plan, take_back
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role

coordinators = requires(Role.COORDINATOR)


@require_POST
@coordinators
def bulk(request: HttpRequest) -> HttpResponse:
    """First what else must be chosen, then the summary; the button of the summary does it."""
    rows = picked(request)
    form = BulkForm(request.POST, reader=account(request), offered=[str(row.pk) for row in rows])
    if not rows or not form.is_valid() or len(rows) > MOST_AT_ONCE:
        messages.warning(request, _("Tick at least one application and at most %(most)d, then choose what to do.") % {
            "most": MOST_AT_ONCE})  # fmt: skip
        return redirect(list_url(request))
    order = form.order()
    if order is not None and "confirmed" in request.POST:
        return done(request, order, rows)
    found = plan(order=order, applications=rows, now=timezone.now()) if order else None
    audit.record_reads(rows, purpose=Purpose.INTAKE)
    return render(request, "desk/bulk.html", summary(request, form, order, rows, found))


def picked(request: HttpRequest) -> list[Application]:
    """The ticked applications of the coordinator's regions; anything else that was sent is as if it were not there."""
    keys = [key for text in request.POST.getlist("pick")[: MOST_AT_ONCE + 1] if (key := as_uuid(text))]
    return list(desk.applications_of(account(request)).filter(pk__in=keys))


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def list_url(request: HttpRequest) -> str:
    back = trail.back(request)
    return back or reverse("desk:applications")


def summary(
    request: HttpRequest, form: BulkForm, order: Order | None, rows: list[Application], found: Plan | None
) -> dict[str, Any]:
    return {
        "form": form, "rows": rows, "order": order, "field": form[form.still_to_choose] if order is None else None,
        "title": doing(order) if order else form.fields["what"].label, "back": list_url(request),
        "reached": found.reached if found else [], "skipped": sentences_of_skips(found) if found else [],
        "kept": {name: form.cleaned_data[name] for name in ("what", "to", "template") if form.cleaned_data.get(name)},
        "writes": order is not None and order.action == BulkAction.WRITE,
    }  # fmt: skip


def done(request: HttpRequest, order: Order, rows: list[Application]) -> HttpResponse:
    act, _found = carry_out(order=order, applications=[row.pk for row in rows], by=account(request))
    if act is None:
        messages.warning(request, _("Nothing was done: none of them fits any more."))
        return redirect(list_url(request))
    query = trail.carried(request)
    return redirect(reverse("desk:bulk_done", args=[act.pk]) + (f"?{query}" if query else ""))


def own_act(request: HttpRequest, pk: UUID) -> BulkAct:
    found: BulkAct = get_object_or_404(BulkAct.objects.filter(by=account(request)), pk=pk)
    return found


@require_GET
@coordinators
def bulk_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Numbers alone: nobody is named here, so nobody's file counts as read."""
    act = own_act(request, pk)
    context = {"act": act, "label": BulkAction(act.action).label, "count": len(act.done), "back": list_url(request),
               "query": trail.carried(request)}  # fmt: skip
    return render(request, "desk/bulk_done.html", context)


@require_POST
@coordinators
def bulk_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    act = own_act(request, pk)
    undone = take_back(act=act, by=account(request))
    kept = len(act.done) - undone
    messages.success(request, _taken_back(undone))
    if kept:
        messages.warning(request, _kept(kept))
    return redirect(list_url(request))


def _taken_back(count: int) -> str:
    words = ngettext("Taken back for %(count)d application.", "Taken back for %(count)d applications.", count)
    return words % {"count": count}


def _kept(count: int) -> str:
    words = ngettext(
        "%(count)d stays as it is: somebody changed it since, or the message has left.",
        "%(count)d stay as they are: somebody changed them since, or the message has left.", count,
    )  # fmt: skip
    return words % {"count": count}
