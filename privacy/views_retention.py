"""How long records are kept: what waits for two people, the rules, and what falls due in the next twelve months."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy import retention_words as words
from privacy import services_retention as services
from privacy.choices import DECIDERS
from privacy.choices_retention import WHOLE_FILES, BatchState
from privacy.models import DisposalBatch, DisposalItem, DueForecast, RetentionRule, StandingApproval
from privacy.permissions import can_be_second, can_run_office
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.errors import DomainError
from psp.pdf import make_pdf, pdf_response

ENDED_SHOWN, ITEMS_SHOWN = 20, 50


@require_GET
@requires(*DECIDERS)
def retention(request: HttpRequest) -> HttpResponse:
    """What waits first, then the rules, then what was carried out lately. Counts and days only."""
    batches = DisposalBatch.objects.of_office(request.user).select_related("rule")
    audit.record(Action.READ, DisposalBatch, purpose=Purpose.RIGHTS)
    rules = list(RetentionRule.objects.in_force())
    approvals = StandingApproval.objects.filter(rule__in=rules, revoked_at__isnull=True)
    context = {
        "waiting": [words.batch_row(batch) for batch in batches.standing().order_by("proposed_at")],
        "ended": [words.batch_row(batch) for batch in batches.exclude(pk__in=batches.standing())[:ENDED_SHOWN]],
        "rules": words.rule_rows(rules, {one.rule_id: one for one in approvals}, account(request)),
    }
    return render(request, "privacy/retention/overview.html", context)


@require_GET
@requires(*DECIDERS)
def calendar(request: HttpRequest) -> HttpResponse:
    audit.record(Action.READ, DueForecast, purpose=Purpose.RIGHTS)
    table = words.calendar_table(list(DueForecast.objects.order_by("month", "record_type")))
    return render(request, "privacy/retention/calendar.html", table)


@require_http_methods(["GET", "POST"])
@requires(*DECIDERS)
def disposal(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One disposal: what it is about, its list, and the button that is this reader's turn."""
    rows = DisposalBatch.objects.of_office(request.user).select_related("rule", "prepared_by", "approved_by")
    batch: DisposalBatch = get_object_or_404(rows, pk=batch_id)
    if request.method == "POST":
        return _decide(request, batch)
    items, page = _items(request, batch)
    me = account(request)
    context = {
        "batch": words.batch_row(batch), "facts": words.facts(batch), "items": words.item_rows(items), "page": page,
        "may_prepare": batch.state == BatchState.PROPOSED and can_run_office(me),
        "may_approve": batch.state == BatchState.PREPARED and can_be_second(me, batch.prepared_by_id),
        "waits_for_other": batch.state == BatchState.PREPARED and batch.prepared_by_id == me.pk,
        "may_drop": batch.state in (BatchState.PROPOSED, BatchState.PREPARED),
        "progress": words.progress(batch) if batch.state == BatchState.APPROVED else None,
        "is_done": batch.state == BatchState.DONE, "is_files": batch.record_type in WHOLE_FILES,
    }  # fmt: skip
    return render(request, "privacy/retention/disposal.html", context)


def _decide(request: HttpRequest, batch: DisposalBatch) -> HttpResponse:
    me, chosen = account(request), request.POST.get("decision", "")
    services_by_name: dict[str, tuple[Any, str]] = {
        "prepare": (services.prepare_batch, _("Noted. A second person can approve it now.")),
        "approve": (services.approve_batch, _("Approved. It is being carried out.")),
        "drop": (services.drop_batch, _("It is not carried out. The next run proposes what is still due.")),
    }
    if chosen not in services_by_name:
        raise Http404
    service, said = services_by_name[chosen]
    try:
        service(batch=batch, by=me)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect("privacy:disposal", batch.pk)


def _items(request: HttpRequest, batch: DisposalBatch) -> tuple[list[DisposalItem], dict[str, Any]]:
    """One part of the list; every file shown is one entry in the access log."""
    text = request.GET.get("after", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    found = list(batch.items.filter(pk__gt=start).order_by("id")[: ITEMS_SHOWN + 1])
    shown = found[:ITEMS_SHOWN]
    audit.record(Action.READ, batch, purpose=Purpose.RIGHTS)
    audit.record_reads_of(DisposalItem, [(item.pk, item.person) for item in shown], purpose=Purpose.RIGHTS)
    return shown, {"next": shown[-1].pk if len(found) > ITEMS_SHOWN else None, "later": start > 0}


@require_GET
@requires(*DECIDERS)
def certificate(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The paper about a disposal that is done: opaque ids, the rule, counts, and the digest over all of it."""
    rows = DisposalBatch.objects.of_office(request.user).filter(state=BatchState.DONE).select_related("rule")
    batch: DisposalBatch = get_object_or_404(rows, pk=batch_id)
    audit.record(Action.EXPORT, batch, purpose=Purpose.RIGHTS)
    language = reader_language()
    return pdf_response(make_pdf("sections", words.certificate(batch), language=language, title=_("Document")))


@require_POST
@requires(*DECIDERS)
def standing(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Give or take back the approval that stands for every disposal of this rule."""
    rule = get_object_or_404(RetentionRule.objects.filter(published_at__isnull=False), pk=rule_id)
    me = account(request)
    try:
        if "revoke" in request.POST:
            approval = get_object_or_404(StandingApproval, rule=rule, revoked_at__isnull=True)
            services.revoke_standing(approval=approval, by=me)
            messages.success(request, _("Taken back. Every disposal waits for two people again."))
        else:
            given = services.give_standing(rule=rule, by=me)
            messages.success(request, _("Both agreed.") if given.whole else _("Noted. A second person has to agree."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("privacy:retention")


def waiting_card(request: HttpRequest) -> dict[str, Any] | None:
    """For the front page: disposals that wait for a person, and what is past its latest day."""
    rows = DisposalBatch.objects.of_office(account(request)).filter(
        state__in=[BatchState.PROPOSED, BatchState.PREPARED]
    )
    waits = rows.count()
    late = DisposalItem.objects.filter(batch__in=rows, late_on__lte=timezone.localdate()).count()
    return {"waits": waits, "late": late} if waits else None
