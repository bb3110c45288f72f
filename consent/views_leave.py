"""Leaving the program in two clicks: one page that says what stops, what stays and why, and one button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.leaving import leave_program
from consent.views import note_own_read
from psp.areas import account, for_participants
from psp.views import crisis_lines


@require_http_methods(["GET", "POST"])
@for_participants
def leave(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        leave_program(person=account(request), by=account(request))
        return redirect("consent:left")
    note_own_read(request)
    return render(request, "consent/leave.html", {"stops": what_stops(), "stays": what_stays()})


@require_GET
@for_participants
def left(request: HttpRequest) -> HttpResponse:
    """What was done, and what is still here."""
    note_own_read(request)
    return render(
        request, "consent/left.html", {"stops": what_stopped(), "stays": what_stays(), "crisis_lines": crisis_lines()}
    )


def what_stops() -> list[str]:
    return [
        _("Your application, and any meeting with a coordinator."),
        _("Your places in groups and sessions. Nobody in the group is told why."),
        _("Messages: what waits for you is not sent, and no reminder comes any more."),
        _("Everything else that you agreed to, such as being counted in results."),
    ]


def what_stopped() -> list[str]:
    return [
        _("Your application has ended. A meeting that was set is cancelled."),
        _("You are in no group any more."),
        _("Messages that waited for you are not sent."),
        _("Every consent is taken back."),
    ]


def what_stays() -> list[str]:
    return [
        _("Your file stays here, locked. The law asks us to keep it for two years after its last use."),
        _("You can ask us to delete it earlier."),
        _("You can sign in, read your file, take a copy, and apply again whenever you like."),
        _("When you ask for a code to sign in, it still comes to your address."),
    ]
