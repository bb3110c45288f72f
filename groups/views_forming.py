"""The workbench's first pages: the drafts, and for each who is in it and when they are free."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups import services_forming
from groups.board_words import pool_words
from groups.choices import FormingState
from groups.forms_forming import PoolForm, TimesForm
from groups.heat_map import heat_map, times_to_begin_with
from groups.models import Forming, FormingGroup, FormingPlace
from groups.pool import PoolLead, PoolPerson
from groups.pool_shown import pool_shown
from intake.desk import moment
from psp.areas import account, requires
from psp.choices import Language, Role
from psp.errors import DomainError, add_to_form
from psp.models import ProgramRegion, Region, User

coordinators = requires(Role.COORDINATOR)
page = require_http_methods(["GET", "POST"])
TAGS = {FormingState.DRAFT: "active", FormingState.SENT: "success", FormingState.DROPPED: "neutral"}
# Drafts in the list; older ones are removed after a while.
LISTED = 50


def forming_or_404(request: HttpRequest, pk: UUID) -> Forming:
    rows = Forming.objects.visible_to(account(request)).select_related("created_by")
    found: Forming = get_object_or_404(rows, pk=pk)
    return found


# The drafts ------------------------------------------------------------------------------------------------


@page
@coordinators
def formings(request: HttpRequest) -> HttpResponse:
    form = PoolForm(request.POST or None, user=account(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = begin(account(request), form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            return redirect("desk:forming_pool", pk=found.pk)
    regions = region_names()
    rows = [row_of(one, account(request), regions) for one in drafts(account(request))]
    return render(request, "groups/forming/list.html", {"form": form, "rows": rows})


def begin(by: User, values: dict[str, Any]) -> Forming:
    """With the times ticked at which most people are free, so that a search can follow at once."""
    return services_forming.start_forming(by=by, times=times_to_begin_with(values), **values)


def drafts(reader: User) -> list[Any]:
    """Each with `people` of its pool, `placed` ones, and how many groups."""
    places = FormingPlace.objects.filter(forming=OuterRef("pk")).order_by().values("forming")
    groups = FormingGroup.objects.filter(forming=OuterRef("pk")).order_by().values("forming")
    rows = Forming.objects.visible_to(reader).select_related("created_by").annotate(
        people=Coalesce(Subquery(places.annotate(n=Count("pk")).values("n")), 0),
        placed=Coalesce(Subquery(places.annotate(n=Count("pk", filter=Q(group__isnull=False))).values("n")), 0),
        group_count=Coalesce(Subquery(groups.annotate(n=Count("pk")).values("n")), 0),
    )  # fmt: skip
    return list(rows[:LISTED])


def row_of(one: Any, reader: User, regions: dict[str, str]) -> dict[str, Any]:
    begun = one.group_count or one.state != FormingState.DRAFT
    return {
        "forming": one, "words": pool_words(one, regions), "tag": TAGS[FormingState(one.state)],
        "people": one.people, "placed": one.placed, "groups": one.group_count,
        "by": one.created_by.name or one.created_by.username, "changed": moment(one.changed_at, reader),
        "url": reverse("desk:forming" if begun else "desk:forming_pool", args=[one.pk]),
    }  # fmt: skip


def region_names() -> dict[str, str]:
    return {one.code: str(one) for one in ProgramRegion.objects.all()}


# Who and when ----------------------------------------------------------------------------------------------


@page
@coordinators
def pool(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nobody is named here: counts only."""
    forming = forming_or_404(request, pk)
    form = TimesForm(request.POST or None, forming=forming)
    if request.method == "POST" and form.is_valid():
        try:
            return changed(request, forming, form)
        except DomainError as error:
            add_to_form(form, error)
            forming.refresh_from_db()
            form.renew(forming.revision)
    return render(request, "groups/forming/pool.html", pool_context(request, forming, form),
                  status=409 if form.errors else 200)  # fmt: skip


def changed(request: HttpRequest, forming: Forming, form: TimesForm) -> HttpResponse:
    by, fields = account(request), form.changes()
    services_forming.change_forming(forming=forming, by=by, revision=form.cleaned_data["revision"], **fields)
    if request.POST.get("then") == "search":
        services_forming.ask_run(forming=forming, by=by)
        return redirect("desk:forming", pk=forming.pk)
    messages.success(request, _("Saved, and counted again."))
    return redirect("desk:forming_pool", pk=forming.pk)


def pool_context(request: HttpRequest, forming: Forming, form: TimesForm) -> dict[str, Any]:
    waiting, able = pool_shown(forming)
    shown = request.GET.get("language", "")
    shown = shown if shown in Language.values else ""
    fine = request.GET.get("fine") == "1"
    people = [one for one in waiting if not shown or shown in one.languages]
    leaders = [one for one in able if not shown or shown in one.languages]
    may = forming.state == FormingState.DRAFT
    return {
        "forming": forming, "form": form, "total": len(waiting), "words": pool_words(forming, region_names()),
        "counts": counts_of(waiting, able), "notes": notes_of(waiting, able), "can_change": may, "locked": not may,
        "map": heat_map(forming, people, leaders, fine=fine), "views": map_views(waiting, shown, fine=fine),
    }  # fmt: skip


def counts_of(people: list[PoolPerson], leaders: list[PoolLead]) -> list[dict[str, Any]]:
    """The pool in numbers, each with its words."""
    total = len(people)
    spoken = Counter(code for one in people for code in one.languages)
    return [
        {"number": total, "words": ngettext("person waits", "people wait", total)},
        *(
            {"number": spoken[code], "words": words}
            for code, words in {"fr": _("could be in a French group"), "en": _("could be in an English group")}.items()
            if spoken[code]
        ),
        {"number": len(leaders), "words": ngettext("can lead", "can lead", len(leaders))},
    ]


def notes_of(people: list[PoolPerson], leaders: list[PoolLead]) -> list[str]:
    """Where they live, and what keeps some from any group."""
    homes = Counter(one.region for one in people)
    notes = [where_they_live(homes)] if len(homes) > 1 else []
    silent = sum(not one.week for one in people)
    if silent:
        words = ngettext(
            "%(n)d person has not said when they are free, so no group can be proposed to them. Ask them.",
            "%(n)d people have not said when they are free, so no group can be proposed to them. Ask them.", silent,
        )  # fmt: skip
        notes.append(words % {"n": silent})
    if not leaders:
        notes.append(_("Nobody can lead yet: ask those who lead for their times on their own pages."))
    return notes


def where_they_live(homes: Counter[str]) -> str:
    names = {one.code: str(one) for one in Region.objects.all()}
    return " · ".join(f"{names.get(code, code)} {number}" for code, number in homes.most_common())


def map_views(people: list[PoolPerson], shown: str, *, fine: bool) -> list[dict[str, Any]]:
    """The map for everybody or for one language, on the hour or on the half hour too."""
    spoken = [code for code in Language.values if any(code in one.languages for one in people)]
    more = "&fine=1" if fine else ""
    views = [{"url": f"?language={more}", "label": _("All languages"), "current": not shown}]
    views += [
        {"url": f"?language={code}{more}", "label": Language(code).label, "current": shown == code} for code in spoken
    ]
    half = {"url": f"?language={shown}" + ("" if fine else "&fine=1"), "label": _("Half hours too"), "current": fine}
    return [*(views if len(spoken) > 1 else []), half]


# Putting aside ---------------------------------------------------------------------------------------------


@require_POST
@coordinators
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    services_forming.drop(forming=forming_or_404(request, pk), by=account(request), revision=revision_of(request))
    messages.success(request, _("The draft is put aside. You can take it up again from the list."))
    return redirect("desk:formings")


@require_POST
@coordinators
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    services_forming.restore(forming=forming_or_404(request, pk), by=account(request), revision=revision_of(request))
    messages.success(request, _("The draft is taken up again."))
    return redirect("desk:forming", pk=pk)


def revision_of(request: HttpRequest) -> int:
    """What the page showed; a number that no row has where it says nothing of use."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
