"""A person's own groups and what is open to them: look, enrol, stand in line, say whether one comes, leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import enrolling, services, services_enrolling
from groups.choices import GroupKind
from groups.models import Membership, PeerGroup, QueuePlace
from groups.services_place import share_needs
from intake.models import Participant
from intake.views_my import own_file
from psp.areas import account, for_participants
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.errors import DomainError, add_to_form
from sessions import group_pages, services_coming
from sessions.forms_groups import NeedsForm
from sessions.group_dates import Month
from sessions.models import GroupSession

PAGE = 20


@require_GET
@for_participants
def groups(request: HttpRequest) -> HttpResponse:
    """What is open, as a list under its months or as one month's calendar."""
    person, now = own_file(request), timezone.now()
    tz = person.user.time_zone
    context: dict[str, Any] = {"zone": zone_name(tz, reader_language(), now)}
    if "month" in request.GET:
        month = Month.read(request.GET["month"], now.astimezone(ZoneInfo(tz)).date())
        context["month"] = group_pages.month_page(person, month, tz, now)
    else:
        stands = group_pages.stands_of(person)
        found = Paginator(group_pages.open_groups(person, now), PAGE).get_page(request.GET.get("page"))
        cards = [group_pages.card(group, dates, stands.get(group.pk), tz) for group, dates in found]
        context |= {"page": found, "months": group_pages.by_month(cards), "query": ""}
    return render(request, "sessions/groups.html", context)


def own_group(request: HttpRequest, pk: UUID) -> tuple[Participant, PeerGroup]:
    person = own_file(request)
    found = enrolling.page_of(person, pk)
    if found is None:
        raise Http404
    return person, found


@require_GET
@for_participants
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    person, found = own_group(request, pk)
    stands = services_enrolling.standing(found, person)
    context = group_pages.group_page(person, found, stands, person.user.time_zone)
    return render(request, "sessions/group.html", {"group": found, **context})


@require_POST
@for_participants
def enrol(request: HttpRequest, pk: UUID) -> HttpResponse:
    person, found = own_group(request, pk)
    got = services_enrolling.enrol(group=found, participant=person, by=account(request))
    if isinstance(got, Membership):
        messages.success(request, _("You have a place. The dates are on this page."))
    elif isinstance(got, QueuePlace):
        messages.success(
            request, _("You are in line. When a place is free for you, we will keep it for you and tell you.")
        )
    return redirect("my_sessions:group", pk=found.pk)


def own_place(request: HttpRequest, pk: UUID) -> tuple[Participant, PeerGroup, Membership]:
    person, found = own_group(request, pk)
    return person, found, get_object_or_404(Membership.objects.active(), group=found, participant=person)


@require_http_methods(["GET", "POST"])
@for_participants
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page that says what it means, one button, no reason."""
    _person, found, place = own_place(request, pk)
    if request.method == "POST":
        services.leave_group(membership=place, by=account(request))
        messages.success(request, _("You left the group. Nobody asks you why, and nobody in it is told."))
        return redirect("my_sessions:mine")
    closed = found.kind == GroupKind.FORMAL
    told = [
        _("Your place will end now. You will get no more messages about this group."),
        _("Nobody asks you why. The others are told nothing."),
        _("This group is closed, so you cannot come back into it. You will wait for another one, and the time that "
          "you have already waited counts.") if closed
        else _("Your place may go to somebody else. You can enrol again whenever the group is open."),
    ]  # fmt: skip
    return ask(request, found, told, title=_("Leave this group"), button=_("Leave this group now"))


@require_http_methods(["GET", "POST"])
@for_participants
def leave_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    person, found = own_group(request, pk)
    place = get_object_or_404(QueuePlace.objects.waiting(), group=found, participant=person)
    if request.method == "POST":
        services_enrolling.leave_queue(place=place, by=account(request))
        messages.success(request, _("You are not waiting for this group any more."))
        return redirect("my_sessions:groups")
    told = [_("You will lose your place in line. If you enrol again later, you will be at the end of it."),
            _("Nobody asks you why.")]  # fmt: skip
    return ask(request, found, told, title=_("Stop waiting for this group"), button=_("Stop waiting"))


def ask(request: HttpRequest, found: PeerGroup, told: list[str], *, title: str, button: str) -> HttpResponse:
    context = {"group": found, "consequences": told, "title": title, "button": button}
    return render(request, "sessions/group_leave.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def needs(request: HttpRequest, pk: UUID) -> HttpResponse:
    _person, found, place = own_place(request, pk)
    # Nothing ticked is an answer too.
    form = NeedsForm(request.POST if request.method == "POST" else None, initial={"needs": place.shared_needs})
    if request.method == "POST" and form.is_valid():
        try:
            share_needs(membership=place, needs=form.cleaned_data["needs"], by=account(request))
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved. You can change it at any time."))
            return redirect("my_sessions:group", pk=found.pk)
    return render(request, "sessions/group_needs.html", {"group": found, "form": form})


@require_POST
@for_participants
def coming(request: HttpRequest, session_id: UUID) -> HttpResponse:
    person, me = own_file(request), account(request)
    rows = GroupSession.objects.visible_to(me).of_member(me).select_related("group")
    session = get_object_or_404(rows, pk=session_id)
    comes = request.POST.get("comes")
    if comes in ("yes", "no"):
        services_coming.say_coming(session=session, participant=person, comes=comes == "yes", by=me)
        messages.success(
            request, _("Thank you. See you there.") if comes == "yes" else _("Thank you for telling us. That is fine.")
        )
    return redirect("my_sessions:group", pk=session.group_id)
