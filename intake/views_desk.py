"""The coordinators' desk: today, the lists, finding somebody, and a person's file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.models import Consent
from consent.permissions import can_countersign_consent
from consent.services import texts_in_force
from intake import desk, desk_list, trail
from intake.choices import ApplicationState, Modality
from intake.file_parts import Tab, parts_for, tabs_of
from intake.forms_bulk import CHOICES
from intake.forms_desk import FILTERS, SearchForm, chosen_in, empty_search, filters_drawn
from intake.models import Application, Participant
from intake.permissions import may_become
from intake.portal import TAG_KINDS, answer_rows, decision_words, last_application, meeting_of
from intake.services_decisions import may_accept
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.dashboard import cards_for
from psp.fragments import page_or_part
from psp.paging import first_pages
from psp.templatetags.components import plain_field

PAGE = 25
AHEAD = timedelta(days=730)
SHOWN_IN_FILE = ("name", "answers", "safe_contact", "consents", "groups")


@require_GET
@requires(Role.COORDINATOR)
def today(request: HttpRequest) -> HttpResponse:
    cards = cards_for(request, "desk")
    nothing_waits = not any(card.get("waits") for card in cards)
    context = {"cards": cards, "nothing_waits": nothing_waits, "search_field": empty_search(reader_language())}
    return render(request, "desk/today.html", context)


@require_GET
@requires(Role.COORDINATOR)
def applications(request: HttpRequest) -> HttpResponse:
    chosen = chosen_in(request.GET)
    rows = desk.filtered(desk.applications_of(account(request)), account(request), **chosen)
    page = first_pages(rows, request.GET.get("page"), PAGE, read=desk_list.read)
    here = trail.of_list(request)
    context = {
        "page": page, "table": desk_list.table(page, query=here),
        "filters": filters_drawn(reader_language(), **chosen), "search_field": empty_search(reader_language()),
        "query": _query(request), "chips": _chips(request, chosen), "trail": here, "bulk_choices": CHOICES,
    }  # fmt: skip
    return page_or_part(request, "desk/applications.html", "desk/applications_list.html", context)


def _query(request: HttpRequest, **changes: str) -> str:
    """The address's filters without the page number."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


def _chips(request: HttpRequest, chosen: dict[str, str]) -> list[dict[str, str]]:
    """What narrows the list beyond its usual state, each with the address without it."""
    found = []
    for name, usual in (("state", desk.OPEN), ("service", ""), ("language", ""), ("assigned", "")):
        if chosen[name] != usual:
            label = dict(FILTERS[name].choices)[chosen[name] or "all"]
            without = _query(request, **{name: usual})
            words = _("%(filter)s: %(choice)s") % {"filter": FILTERS[name].label, "choice": label}
            found.append({"label": words, "remove_url": f"?{without}"})
    return found


@require_GET
@requires(Role.COORDINATOR)
def meetings(request: HttpRequest) -> HttpResponse:
    """Intake meetings from today on."""
    begin, _end = desk.day_of(account(request))
    rows = desk.meetings_between(account(request), begin, begin + AHEAD)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    audit.record_reads(page.object_list, purpose=Purpose.INTAKE)
    listed = [
        {"meeting": row, "person": row.application.participant, **desk.both_clocks(row.starts_at, account(request),
                                                                             row.application.participant.user)}
        for row in page
    ]  # fmt: skip
    return render(request, "desk/meetings.html", {"page": page, "rows": listed})


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def search(request: HttpRequest) -> HttpResponse:
    """One hit opens its file; several are listed; none says so. What was typed is in no address."""
    form = SearchForm(request.POST or None)
    found: list[Participant] = []
    more = False
    if request.method == "POST" and form.is_valid():
        found = desk.find(account(request), form.cleaned_data["text"], PAGE + 1)
        found, more = found[:PAGE], len(found) > PAGE
        if len(found) == 1:
            return redirect("desk:file", pk=found[0].pk)
        if not found:
            form.add_error("text", _("Nobody in your regions has exactly this. Check it, or try another way."))
    audit.record_reads(found, purpose=Purpose.INTAKE)
    context = {"search_field": plain_field(form["text"]), "found": found, "more": more}
    return render(request, "desk/search.html", context)


@require_GET
@requires(Role.COORDINATOR)
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything the desk needs about one person, and one access row for it."""
    people = Participant.objects.with_merged_in_regions_of(account(request))
    participant = get_object_or_404(people.select_related("user", "region", "program_region"), pk=pk)
    if participant.merged_into_id is not None:
        return redirect("desk:file", pk=participant.merged_into_id)
    audit.record(Action.READ, participant, person=participant.user_id, purpose=Purpose.INTAKE, fields=SHOWN_IN_FILE)
    application = last_application(participant)
    context = {
        "participant": participant, "person": participant.user, "application": application,
        "modalities": [Modality(code).label for code in participant.modalities],
        "reach": desk.reach(participant.user), "consents": consents_of(request, participant),
        "may_enter": list(texts_in_force().values()),
        "tabs": tabs_of([*own_parts(application), *parts_for(participant, account(request))]),
        "around": trail.around(request, application), "way": trail.way(request),
        **(_application(request, application) if application else {}),
    }  # fmt: skip
    return render(request, "desk/file.html", context)


def own_parts(application: Application | None) -> list[dict[str, Any]]:
    """What this app itself shows first in its tabs."""
    parts = [(Tab.NOW, "desk/file_reach.html"), (Tab.CONSENTS, "desk/file_consents.html")]
    if application is not None:
        parts = [(Tab.NOW, "desk/file_next.html"), *parts, (Tab.APPLICATION, "desk/file_application.html")]
        parts.append((Tab.HISTORY, "desk/file_history.html"))
    return [{"tab": tab, "template": template} for tab, template in parts]


def _application(request: HttpRequest, application: Application) -> dict[str, Any]:
    meeting, person = meeting_of(application), application.participant.user
    return {
        "tag": TAG_KINDS[ApplicationState(application.state)], "answers": answer_rows(application),
        "decision": decision_words(application), "meeting": meeting,
        "clocks": desk.both_clocks(meeting.starts_at, account(request), person) if meeting else None,
        "begun": meeting is not None and meeting.starts_at <= timezone.now(),
        "events": desk.events(application, account(request)), "waited": desk.waiting_text(application.submitted_at),
        "can": {
            "set_meeting": application.state == ApplicationState.SUBMITTED,
            "accept": may_accept(application),
            "take_up": application.state == ApplicationState.DEFERRED,
            "decline": may_become(application, ApplicationState.DECLINED),
            "withdraw": may_become(application, ApplicationState.WITHDRAWN),
            "correct": application.state in (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET),
        },
    }  # fmt: skip


def consents_of(request: HttpRequest, participant: Participant) -> list[dict[str, Any]]:
    rows = Consent.objects.of(participant.user_id).select_related("withdrawal", "countersignature__by", "version")
    holding = set(Consent.objects.holding().filter(person=participant.user_id).values_list("pk", flat=True))
    may_sign = can_countersign_consent(account(request), participant.user)
    found = []
    for row in rows:
        ended, beside = getattr(row, "withdrawal", None), getattr(row, "countersignature", None)
        found.append(
            {
                "consent": row, "holds": row.pk in holding,
                "paper_day": long_date(row.signed_on, reader_language()) if row.signed_on else "",
                "signed": desk.moment(row.signed_at, account(request)),
                "ended": desk.moment(ended.at, account(request)) if ended else "",
                "beside": {"by": beside.by, "at": desk.moment(beside.at, account(request))} if beside else None,
                "may_countersign": may_sign and ended is None and beside is None,
                "end": reverse("desk:consent_end", args=[participant.pk, row.purpose]) if ended is None else "",
            }
        )  # fmt: skip
    return found
