"""For somebody who is joining, leads, or has ended the role: where they are, and everything that was noted of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account
from psp.choices import Kind, Role
from psp.errors import DomainError, add_to_form, require
from psp.sight import sight_of
from supporters.choices import SupporterState
from supporters.joining import pages as words
from supporters.joining.forms import CommentForm
from supporters.joining.services_readiness import comment_readiness
from supporters.joining.services_role import come_back, end_role
from supporters.models import Readiness, Supporter

P = ParamSpec("P")


def own_way(user: Any) -> bool:
    """Peer supporters, with the role or without it: the pages here are each person's own."""
    return bool(getattr(user, "kind", "") == Kind.SUPPORTER or sight_of(user).has(Role.SUPPORTER))


def for_supporters(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Refuse (403) everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(own_way(request.user), "area_closed")
        return view(request, *args, **kwargs)

    return guarded


def _me(request: HttpRequest) -> Supporter | None:
    return Supporter.objects.filter(pk=account(request).pk).select_related("user", "program_region").first()


def _steps(supporter: Supporter | None) -> list[dict[str, Any]]:
    """With links, for whoever goes on."""
    return words.steps_of(supporter, own=supporter.state != SupporterState.ENDED) if supporter else []


@require_GET
@for_supporters
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request, {})


def _page(request: HttpRequest, forms: dict[UUID, CommentForm], status: int = 200) -> HttpResponse:
    me = account(request)
    supporter = _me(request)
    rows = list(Readiness.objects.visible_to(me).filter(user=me))
    shown = words.conversations(rows, me)
    for line in shown:
        initial = {"comment": line["comment"]}
        line["form"] = forms.get(line["id"]) or CommentForm(initial=initial, auto_id=f"id_{line['id']}_%s")
    context = {
        "supporter": supporter, "conversations": shown, "steps": _steps(supporter),
        "joining": supporter is not None and supporter.state == SupporterState.JOINING,
        "ended": supporter is not None and supporter.state == SupporterState.ENDED,
        "state_tag": words.STATE_TAGS[supporter.state] if supporter else "neutral",
    }  # fmt: skip
    return render(request, "supporters/joining/on_the_way.html", context, status=status)


@require_POST
@for_supporters
def comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(Readiness.objects.visible_to(me).filter(user=me), pk=pk)
    form = CommentForm(request.POST, auto_id=f"id_{found.pk}_%s")
    if form.is_valid():
        try:
            comment_readiness(readiness=found, by=me, comment=form.cleaned_data["comment"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your comment is kept."))
            return redirect("lead:joining")
    return _page(request, {found.pk: form})


@require_http_methods(["GET", "POST"])
@for_supporters
def end(request: HttpRequest) -> HttpResponse:
    """One page that says what it means, one button, no reason."""
    found = _me(request)
    if found is None or found.state == SupporterState.ENDED:
        return redirect("lead:joining")
    if request.method == "POST":
        end_role(supporter=found, by=account(request))
        return redirect("account_login")
    consequences = [
        _("You are signed out everywhere. You can sign in again and read what was noted of you."),
        _("Groups that you lead go on: the coordinators find somebody else."),
        _("Hours that you worked are paid, also those that you have not sent yet."),
        _("Nobody asks you why, and you can come back."),
    ]
    return render(request, "supporters/joining/end_mine.html", {"consequences": consequences})


@require_POST
@for_supporters
def back(request: HttpRequest) -> HttpResponse:
    found = _me(request)
    if found is not None and found.state == SupporterState.ENDED:
        come_back(supporter=found, by=account(request))
        messages.success(request, _("Welcome back. A supervisor will talk with you first."))
    return redirect("lead:joining")
