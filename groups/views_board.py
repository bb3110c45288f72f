"""The workbench's second page: the groups side by side, and every change of them.

Each change answers with the workbench anew, said in words. Without scripts it is the same page once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groups import services_forming as forming_services
from groups.arrangement import arrangement_of
from groups.board import board_of
from groups.board_runs import headline, last_words, progress_of, tried_of
from groups.board_words import effect_words, group_name
from groups.choices import FormingState, RunState
from groups.forms_board import NewGroupForm, WhatIfForm
from groups.models import Forming, FormingGroup, FormingPlace, FormingRun
from groups.services_runs import GOING
from groups.views_forming import coordinators, forming_or_404, revision_of
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.errors import DomainError
from psp.fragments import page_or_part, part_only, wants_part
from psp.logs import get_logger
from psp.models import User

log = get_logger(__name__)
# Runs that a board looks at: the present one, the last answer, and what was tried.
RUNS = 12
UNDO = "forming-undo"
NOBODY = UUID(int=0)
PAGE, PART = "groups/forming/board.html", "groups/forming/workbench.html"


@dataclass
class Said:
    """What the last change did, or why it did nothing. `focus`: the id of the place that is to have the focus."""

    news: str = ""
    refused: str = ""
    focus: Any = None
    form: dict[str, Any] = field(default_factory=dict)


@require_GET
@coordinators
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page; and for its own asking (`?progress`) how far the search is, or the page's part once it is over."""
    forming = forming_or_404(request, pk)
    if not (wants_part(request) and "progress" in request.GET):
        return shown(request, forming, Said())
    going = forming.runs.filter(state__in=GOING).first()
    if going is not None:
        return part_only(request, "groups/forming/progress.html", {"forming": forming, "run": progress_of(going)})
    answer = shown(request, forming, Said(focus="answer"))
    answer["HX-Retarget"], answer["HX-Reswap"] = "#workbench", "outerHTML"
    return answer


def shown(request: HttpRequest, forming: Forming, said: Said) -> HttpResponse:
    context = context_of(request, forming, said)
    audit.record_reads(context["board"].shown, purpose=Purpose.GROUPS)
    # A part is put in its place whatever it says: a script that hears of a fault would show none of it.
    status = 409 if said.refused and not wants_part(request) else 200
    return page_or_part(request, PAGE, PART, context, status=status)


def context_of(request: HttpRequest, forming: Forming, said: Said) -> dict[str, Any]:
    # The searches before the groups: one that ends in between is still told of as under way, and the page asks again.
    # The other way round, its end would stand beside the groups of before it, as what it found.
    runs = list(forming.runs.all()[:RUNS])
    forming.refresh_from_db(fields=["revision", "state"])
    found, number = arrangement_of(forming), page_number(request)
    shown_board = board_of(found, page=number, drafts=other_drafts(forming, account(request)))
    going = next((run for run in runs if run.state in GOING), None)
    last = next((run for run in runs if not run.change), None)
    draft = forming.state == FormingState.DRAFT
    can_change = draft and (going is None or bool(going.change))
    more = {
        "group_form": said.form.get("group") or NewGroupForm(forming=forming),
        "whatif_form": said.form.get("what_if") or WhatIfForm(forming=forming, pool=found.pool),
        "leaders": [{"pk": one.pk, "words": one.name or one.username}
                    for one in forming_services.leads_to_choose(found.pool)],
    } if can_change else {}  # fmt: skip
    return {
        "forming": forming, "board": shown_board, "run": progress_of(going), "draft": draft, "can_change": can_change,
        "headline": headline(shown_board, last), "lines": last_words(shown_board, last, found),
        "tried": tried_of(runs, shown_board.placed), "news": said.news, "refused": said.refused, "focus": said.focus,
        "undo": undo_of(request, forming) if can_change and not said.refused else None,
        "kept": any(one.group.pinned or any(card.place.pinned for card in one.people) for one in shown_board.columns),
        "pages": pages_of(number, shown_board.outside_count), **more,
    }  # fmt: skip


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def pages_of(number: int, count: int) -> dict[str, int]:
    from groups.board import OUTSIDE

    return {"previous": number - 1, "next": number + 1 if number * OUTSIDE < count else 0}


def other_drafts(forming: Forming, reader: User) -> dict[UUID, str]:
    """Whose other draft thinks of somebody of this one for a group, as far as the reader may know."""
    others = Forming.objects.visible_to(reader).filter(state=FormingState.DRAFT).exclude(pk=forming.pk)
    rows = FormingPlace.objects.filter(forming__in=others, group__isnull=False).order_by("pk")
    rows = rows.filter(participant__in=forming.places.values("participant"))
    pairs = list(rows.values_list("participant_id", "forming__created_by"))
    names = {user.pk: user.name or user.username for user in User.objects.filter(pk__in={by for _key, by in pairs})}
    return {key: names[by] for key, by in pairs}


# Changes ---------------------------------------------------------------------------------------------------

Change = Callable[[Forming, User, int], Said]


def change(request: HttpRequest, pk: UUID, act: Change) -> HttpResponse:
    """Do it, and show the board with what it did; or say why nothing was done, and show the board as it is."""
    forming = forming_or_404(request, pk)
    try:
        said = act(forming, account(request), revision_of(request))
    except DomainError as error:
        log.info("refused", code=error.code)
        said = Said(refused=str(error.message), focus=key_of(request, "place"))
    if not said.refused and not wants_part(request):
        messages.success(request, said.news)
        return redirect("desk:forming", pk=pk)
    return shown(request, forming_or_404(request, pk), said)


def key_of(request: HttpRequest, name: str) -> int:
    """0, which no row has, for what is no number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def place_of(request: HttpRequest, forming: Forming) -> FormingPlace:
    rows = FormingPlace.objects.filter(forming=forming, pk=key_of(request, "place"))
    found: FormingPlace | None = rows.select_related("participant__user", "group").first()
    if found is None:
        raise DomainError(_("This person is not on the board any more. Look at it as it is now."), code="not_here")
    return found


def group_of(request: HttpRequest, forming: Forming) -> FormingGroup:
    found = FormingGroup.objects.filter(forming=forming, pk=uuid_of(request, "group")).first()
    if found is None:
        raise DomainError(
            _("This group is not part of the draft any more. Look at the board as it is now."), code="no_group"
        )
    return found


def uuid_of(request: HttpRequest, name: str) -> UUID:
    """NOBODY for what is no id."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return NOBODY


@require_POST
@coordinators
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`to`: a group, "none", or "out" (left out of the search)."""

    def act(forming: Forming, by: User, revision: int) -> Said:
        place, to = place_of(request, forming), request.POST.get("to", "")
        before = "out" if place.excluded else str(place.group_id or "none")
        effect = moved(forming, place, to, by, revision)
        if effect is None:
            return Said(refused=_("Choose where to move this person."), focus=place.pk)
        remember_undo(request, forming, effect.revision, place, before)
        return Said(news=effect_words(effect, place.participant.user.name, forming, out=to == "out"), focus=place.pk)

    return change(request, pk, act)


def moved(forming: Forming, place: FormingPlace, to: str, by: User, revision: int) -> forming_services.Effect | None:
    """None where there is no such place to move to."""
    values: dict[str, Any] = {
        "forming": forming, "participant": place.participant_id, "by": by, "revision": revision
    }  # fmt: skip
    if to == "out":
        return forming_services.exclude(**values)
    if to == "none":
        return forming_services.include(**values) if place.excluded else forming_services.move_person(**values, to=None)
    try:
        return forming_services.move_person(**values, to=UUID(to))
    except ValueError:
        return None


def remember_undo(request: HttpRequest, forming: Forming, revision: int, place: FormingPlace, before: str) -> None:
    """Opaque ids alone, until the next change."""
    request.session[UNDO] = {"forming": str(forming.pk), "revision": revision, "place": place.pk, "to": before}


def undo_of(request: HttpRequest, forming: Forming) -> dict[str, Any] | None:
    """The last move of this reader, while nothing else was changed since."""
    kept = request.session.get(UNDO)
    if not kept or (kept["forming"], kept["revision"]) != (str(forming.pk), forming.revision):
        return None
    fields = {"revision": kept["revision"], "place": kept["place"], "to": kept["to"]}
    return {"url": reverse("desk:forming_move", args=[forming.pk]), "fields": fields}


@require_POST
@coordinators
def pin(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        place, on = place_of(request, forming), request.POST.get("on") == "1"
        forming_services.pin(forming=forming, participant=place.participant_id, revision=revision, by=by, on=on)
        words = _("%(name)s stays in this group in the next search.") if on else _("%(name)s may move again.")
        return Said(news=words % {"name": place.participant.user.name}, focus=place.pk)

    return change(request, pk, act)


@require_POST
@coordinators
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        group, on = group_of(request, forming), request.POST.get("on") == "1"
        forming_services.pin_group(forming=forming, group=group, revision=revision, by=by, on=on)
        words = _("%(group)s stays as it is in the next search.") if on else _("%(group)s may change again.")
        return Said(news=words % {"group": group_name(group.number)})

    return change(request, pk, act)


@require_POST
@coordinators
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        group = group_of(request, forming)
        forming_services.remove_group(forming=forming, group=group, revision=revision, by=by)
        words = _("%(group)s is taken apart. Its people are without a group.")
        return Said(news=words % {"group": group_name(group.number)}, focus="answer")

    return change(request, pk, act)


@require_POST
@coordinators
def add_group(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        form = NewGroupForm(request.POST, forming=forming)
        if not form.is_valid():
            return Said(refused=_("Choose a time, a language and a way to meet for the new group."))
        group = forming_services.add_empty_group(forming=forming, revision=revision, by=by, **form.cleaned_data)
        return Said(news=_("%(group)s is there, empty.") % {"group": group_name(group.number)})

    return change(request, pk, act)


@require_POST
@coordinators
def lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        group, on = group_of(request, forming), request.POST.get("on") == "1"
        user = User.objects.filter(pk=uuid_of(request, "user")).first()
        if user is None:
            return Said(refused=_("Choose who leads the group."))
        forming_services.set_lead(forming=forming, group=group, user=user, revision=revision, by=by, on=on)
        words = _("%(name)s leads %(group)s now.") if on else _("%(name)s does not lead %(group)s any more.")
        return Said(news=words % {"name": user.name or user.username, "group": group_name(group.number)})

    return change(request, pk, act)


# Searches --------------------------------------------------------------------------------------------------


@require_POST
@coordinators
def search(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        forming_services.ask_run(forming=forming, by=by)
        return Said(news=_("The search has begun."))

    return change(request, pk, act)


@require_POST
@coordinators
def try_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        form = WhatIfForm(request.POST, forming=forming, pool=arrangement_of(forming).pool)
        if not form.is_valid() or not form.change():
            return Said(refused=_("Choose at least one thing to try."))
        forming_services.ask_run(forming=forming, by=by, change=form.change())
        return Said(news=_("We are trying this. The groups stay as they are."))

    return change(request, pk, act)


@require_POST
@coordinators
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(forming: Forming, by: User, revision: int) -> Said:
        run = FormingRun.objects.filter(forming=forming, state__in=GOING).first()
        if run is None:
            return Said(news=_("No search is under way any more."))
        forming_services.stop_run(run=run, by=by)
        run.refresh_from_db()
        if run.state == RunState.STOPPED:
            return Said(news=_("The search is stopped. The groups are as before."))
        return Said(news=_("The search stops within a moment. The groups stay as they are."))

    return change(request, pk, act)
