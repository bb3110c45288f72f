"""Those who would like to lead, and those who get ready to: the pages of supervisors. No ranking, no scores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form, require
from supporters.choices import ReadyFor, SupporterState
from supporters.joining import pages as words
from supporters.joining.forms import NoteInterestForm, for_change, for_new
from supporters.joining.permissions import can_mend_review, can_review
from supporters.joining.services_interest import leave_it, note_interest, take_back_interest, take_up
from supporters.joining.services_opening import send_link_again
from supporters.joining.services_readiness import (
    correct_readiness,
    is_ready,
    may_begin,
    mendable,
    note_readiness,
    withdraw_readiness,
)
from supporters.joining.services_role import begin_leading, end_role
from supporters.models import Interest, Readiness, Supporter

supervisors_only = requires(Role.SUPERVISOR)
# What happened so lately was done by the first of two presses.
LATELY = timedelta(minutes=1)


@require_GET
@supervisors_only
def joining(request: HttpRequest) -> HttpResponse:
    """Interests, and those who are on the way, in the order in which they came."""
    me = account(request)
    interests = list(Interest.objects.visible_to(me).exclude(user=me).select_related("program_region"))
    rows = Supporter.objects.visible_to(me).filter(state=SupporterState.JOINING).exclude(pk=me.pk)
    people = list(rows.select_related("user", "program_region").order_by("since", "pk"))
    audit.record_reads([*interests, *people], purpose=Purpose.CARE)
    context = {"interests": [words.interest_line(one) for one in interests], "people": words.supporter_lines(people)}
    return render(request, "supporters/joining/list.html", context)


@require_http_methods(["GET", "POST"])
@supervisors_only
def note(request: HttpRequest) -> HttpResponse:
    form = NoteInterestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note_interest(by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The interest is noted."))
            return redirect("care:joining")
    return render(request, "supporters/joining/note.html", {"form": form})


def _interest(request: HttpRequest, pk: UUID) -> Interest:
    found: Interest = get_object_or_404(Interest.objects.visible_to(account(request)), pk=pk)
    return found


@require_POST
@supervisors_only
def interest_take_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        take_up(interest=_interest(request, pk), by=account(request))
    except DomainError as error:
        if error.code != "on_its_way":  # as at the second press
            raise
        messages.info(request, error.message)
    else:
        said = _("It goes on. The account is opened within the hour, and a first link goes out to it.")
        messages.success(request, said)
    return redirect("care:joining")


@require_POST
@supervisors_only
def interest_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    leave_it(interest=_interest(request, pk), by=account(request))
    messages.success(request, _("It is open again."))
    return redirect("care:joining")


@require_POST
@supervisors_only
def interest_drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    if Interest.objects.filter(pk=pk).exists():  # not so at the second press
        take_back_interest(interest=_interest(request, pk), by=account(request))
    messages.success(request, _("The interest is deleted, with the name and the address."))
    return redirect("care:joining")


# --- One person on the way ------------------------------------------------------------------------


def _supporter(request: HttpRequest, pk: UUID) -> Supporter:
    """Whom this supervisor sees, and never themselves."""
    me = account(request)
    rows = Supporter.objects.visible_to(me).exclude(pk=me.pk).select_related("user", "program_region")
    found: Supporter = get_object_or_404(rows, pk=pk)
    return found


def _just_now(request: HttpRequest, pk: UUID, state: SupporterState) -> bool:
    """Whether the first of this supervisor's two presses did it: then the person may be out of their sight already.
    Nobody else learns of it."""
    since = timezone.now() - LATELY
    rows = Supporter.history.filter(user_id=pk, state=state, history_user=account(request), history_date__gt=since)
    return bool(rows.exists())


@require_GET
@supervisors_only
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Outcome and days of all conversations; in full those that this supervisor held."""
    me, found = account(request), _supporter(request, pk)
    mine = list(Readiness.objects.visible_to(me).filter(user_id=found.pk))
    audit.record_reads([found, *mine], purpose=Purpose.CARE)
    context = {
        "supporter": found, "steps": words.steps_of(found), "conversations": words.conversations(mine, me),
        "outcomes": words.newest_outcomes([found.pk]).get(found.pk, []), "state_tag": words.STATE_TAGS[found.state],
        "may_review": can_review(me, found), "never_signed_in": found.user.last_login is None,
        "may_begin": may_begin(found),
    }  # fmt: skip
    return render(request, "supporters/joining/person.html", context)


@require_http_methods(["GET", "POST"])
@supervisors_only
def readiness(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The guided page of a conversation."""
    me, found = account(request), _supporter(request, pk)
    require(can_review(me, found), "note_readiness")
    step = ReadyFor.LEADING if is_ready(found.pk, ReadyFor.TRAINING) else ReadyFor.TRAINING
    form = for_new(request.POST or None, step=step, day=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            note_readiness(
                supporter=found, by=me, ready_for=form.cleaned_data["ready_for"], key=form.sent_key, **form.said()
            )
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The conversation is noted. The person reads all of it."))
            return redirect("care:joiner", pk=found.pk)
    audit.record_reads([found], purpose=Purpose.CARE)
    return render(request, "supporters/joining/readiness.html", {"form": form, "supporter": found})


def _held(request: HttpRequest, pk: UUID) -> Readiness:
    """A conversation that this account held: nobody else mends it, nor learns that it is there."""
    rows = Readiness.objects.visible_to(account(request)).select_related("user__supporter")
    found: Readiness = get_object_or_404(rows, pk=pk)
    require(can_mend_review(account(request), found), "mend_readiness")
    return found


@require_http_methods(["GET", "POST"])
@supervisors_only
def readiness_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _held(request, pk)
    if not mendable(found):
        messages.info(request, _("This was noted more than a day ago, so it stays as it is."))
        return redirect("care:joiner", pk=found.user_id)
    form = for_change(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        try:
            correct_readiness(readiness=found, by=account(request), **form.said())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The conversation is corrected."))
            return redirect("care:joiner", pk=found.user_id)
    audit.record_reads([found], purpose=Purpose.CARE)
    context: dict[str, Any] = {"form": form, "supporter": found.user.supporter, "change": True}
    return render(request, "supporters/joining/readiness.html", context)


@require_POST
@supervisors_only
def readiness_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = _("The conversation is taken back, as if it had not been noted.")
    if not Readiness.objects.filter(pk=pk).exists():
        messages.success(request, said)
        return redirect("care:joining")  # the second press
    found = _held(request, pk)
    withdraw_readiness(readiness=found, by=account(request))
    messages.success(request, said)
    return redirect("care:joiner", pk=found.user_id)


@require_POST
@supervisors_only
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = _("The role begins today.")
    if _just_now(request, pk, SupporterState.ACTIVE):
        messages.success(request, said)
        return redirect("care:joining")  # the second press
    found = _supporter(request, pk)
    begin_leading(supporter=found, by=account(request))
    messages.success(request, said)
    # Somebody who leads is seen by the supervisor at their side alone.
    if can_review(account(request), found):
        return redirect("care:joiner", pk=found.pk)
    return redirect("care:joining")


@require_http_methods(["GET", "POST"])
@supervisors_only
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    if request.method == "POST":
        if not _just_now(request, pk, SupporterState.ENDED):
            end_role(supporter=_supporter(request, pk), by=account(request))
        messages.success(request, _("The role has ended. Nobody was asked why."))
        return redirect("care:joining")
    found = _supporter(request, pk)
    audit.record_reads([found], purpose=Purpose.CARE)
    consequences = [
        _("The role goes, and every open session of the account ends."),
        _("Their groups stay. The coordinators are told that somebody else is needed to lead."),
        _("No reason is asked or kept. They can come back."),
    ]
    return render(request, "supporters/joining/end.html", {"supporter": found, "consequences": consequences})


@require_POST
@supervisors_only
def send_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _supporter(request, pk)
    send_link_again(supporter=found, by=account(request))
    messages.success(request, _("A new link is on its way to their address."))
    return redirect("care:joiner", pk=found.pk)
