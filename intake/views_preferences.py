"""The person's own page about what would suit them: to read, and to change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from intake import portal
from intake.choices import ApplicationState
from intake.forms_preferences import PreferencesForm
from intake.models import Application, Participant
from intake.preferences_pages import rows
from intake.services_preferences import preferences_of, set_preferences
from intake.views_my import own_file
from psp.areas import account, for_participants
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.errors import DomainError, add_to_form

ENDED = (ApplicationState.DECLINED, ApplicationState.WITHDRAWN)


def standing(participant: Participant) -> Application | None:
    application = portal.last_application(participant)
    return None if application is None or application.state in ENDED else application


@require_GET
@for_participants
def preferences(request: HttpRequest) -> HttpResponse:
    participant = own_file(request)
    found = rows(preferences_of(participant), participant, standing(participant))
    return render(request, "my/preferences.html", {"rows": found})


@require_http_methods(["GET", "POST"])
@for_participants
def change_preferences(request: HttpRequest) -> HttpResponse:
    participant = own_file(request)
    form = PreferencesForm(
        request.POST or None, participant=participant, kept=preferences_of(participant),
        application=standing(participant),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            set_preferences(participant=participant, by=account(request), **form.changes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your wishes are saved."))
            return redirect("my:preferences")
    zone = zone_name(participant.user.time_zone, reader_language())
    return render(request, "my/preferences_change.html", {"form": form, "zone": zone})
