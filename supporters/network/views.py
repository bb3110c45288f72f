"""The network as those who lead see it: who wishes to be found, meetings, and the library ([NH] rule 33)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from supporters.network import pages
from supporters.network.choices import TouchState
from supporters.network.forms import AnswerForm, EntryForm, FindForm, LibraryForm, SuggestForm, WayForm
from supporters.network.models import DirectoryEntry, NetworkEvent, Resource, Touch
from supporters.network.services import answer_touch, ask_touch, end_touch, join_directory, leave_directory
from supporters.network.services_library import join_event, leave_event, say_broken, suggest

supporters_only = requires(Role.SUPPORTER)
leads_only = requires(Role.SUPPORTER, Role.CLINICIAN)


@require_GET
@supporters_only
def directory(request: HttpRequest) -> HttpResponse:
    me = account(request)
    mine = DirectoryEntry.objects.filter(user=me).first()
    form = FindForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {
        "mine": mine, "shown": mine is not None and DirectoryEntry.objects.shown().filter(user=me).exists(),
        "form": form, "people": pages.people(me, asked.get("region"), asked.get("interest", "")),
        **pages.wishes(me),
    }  # fmt: skip
    return render(request, "supporters/network/directory.html", context)


@require_http_methods(["GET", "POST"])
@supporters_only
def entry(request: HttpRequest) -> HttpResponse:
    me = account(request)
    mine = DirectoryEntry.objects.filter(user=me).first()
    first = {"interests": mine.interests, "line": mine.line} if mine else {}
    form = EntryForm(request.POST or None, initial=first)
    # A form with nothing chosen is an answer too.
    if request.method == "POST":
        form = EntryForm(request.POST)
        if form.is_valid():
            try:
                join_directory(by=me, **form.cleaned_data)
            except DomainError as error:
                add_to_form(form, error)
            else:
                messages.success(request, _("You can be found now. You can leave at any time, with one tap."))
                return redirect("lead:network")
    return render(request, "supporters/network/entry.html", {"form": form, "mine": mine})


@require_POST
@supporters_only
def leave(request: HttpRequest) -> HttpResponse:
    leave_directory(by=account(request))
    messages.success(request, _("Nobody finds you here any more."))
    return redirect("lead:network")


@require_http_methods(["GET", "POST"])
@supporters_only
def ask(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(
        DirectoryEntry.objects.visible_to(me).exclude(user=me).select_related("user"), pk=entry_id
    )
    form = WayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            touch = ask_touch(by=me, entry=found, way=form.cleaned_data["way"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            if touch.asked_id == me.pk and touch.state == TouchState.ASKED:
                messages.info(request, _("This person has asked you already. Answer here, and you are in touch."))
                return redirect("lead:network_answer", touch_id=touch.pk)
            messages.success(request, _("Asked. If they would like that too, you both see how to reach each other."))
            return redirect("lead:network")
    return render(request, "supporters/network/ask.html", {"form": form, "name": found.user.name})


@require_http_methods(["GET", "POST"])
@supporters_only
def answer(request: HttpRequest, touch_id: UUID) -> HttpResponse:
    me = account(request)
    if not Touch.objects.filter(pk=touch_id).exists():
        messages.info(request, _("This is not open any more. Look at it as it is now."))
        return redirect("lead:network")  # it was taken back meanwhile
    found = get_object_or_404(Touch.objects.filter(asked=me).select_related("asker"), pk=touch_id)
    if not Touch.objects.waiting_for(me, timezone.now()).filter(pk=found.pk).exists():
        return redirect("lead:network")  # the second press, or nobody waits any more
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agree = form.cleaned_data["answer"] == "yes"
        try:
            answer_touch(touch=found, by=me, agree=agree, way=form.cleaned_data["way"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            said = _("You are in touch now.") if agree else _("Not now, then. Nobody is told.")
            messages.success(request, said)
            return redirect("lead:network")
    return render(request, "supporters/network/answer.html", {"form": form, "wish": pages.wish_line(found)})


@require_POST
@supporters_only
def end(request: HttpRequest, touch_id: UUID) -> HttpResponse:
    me = account(request)
    if Touch.objects.filter(pk=touch_id).exists():  # not so at the second press
        end_touch(touch=get_object_or_404(Touch.objects.visible_to(me), pk=touch_id), by=me)
    messages.success(request, _("Done. Nobody is told."))
    return redirect("lead:network")


# --- Meetings ---


@require_GET
@supporters_only
def events(request: HttpRequest) -> HttpResponse:
    return render(request, "supporters/network/events.html", {"events": pages.events(account(request))})


@require_POST
@supporters_only
def come(request: HttpRequest, event_id: UUID) -> HttpResponse:
    me = account(request)
    try:
        join_event(event=get_object_or_404(NetworkEvent.objects.visible_to(me), pk=event_id), by=me)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("You are coming. The way to join is shown here."))
    return redirect("lead:events")


@require_POST
@supporters_only
def stay_away(request: HttpRequest, event_id: UUID) -> HttpResponse:
    me = account(request)
    leave_event(event=get_object_or_404(NetworkEvent.objects.visible_to(me), pk=event_id), by=me)
    messages.success(request, _("You are not coming. Your place is free for somebody else."))
    return redirect("lead:events")


# --- The library ---


@require_GET
@leads_only
def library(request: HttpRequest) -> HttpResponse:
    form = LibraryForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    topics = pages.library(account(request), asked.get("topic"), asked.get("language", ""))
    return render(request, "supporters/network/library.html", {"topics": topics, "form": form})


@require_http_methods(["GET", "POST"])
@leads_only
def suggest_link(request: HttpRequest) -> HttpResponse:
    form = SuggestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suggest(by=account(request), content=form.content())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Thank you. A supervisor looks at it before others see it."))
            return redirect("lead:library")
    return render(request, "supporters/network/suggest.html", {"form": form})


@require_POST
@leads_only
def broken(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    me = account(request)
    say_broken(resource=get_object_or_404(Resource.objects.visible_to(me).listed(), pk=resource_id), by=me)
    messages.success(request, _("Thank you. Somebody looks at it."))
    return redirect("lead:library")
