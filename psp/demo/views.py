"""Pages of the demo: its mailbox, with the codes that let one in, and every component once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.accounts.services import current_code
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime
from psp.demo import components_data, mailbox
from psp.demo.accounts import ACCOUNTS, PARTICIPANTS, PASSWORD, TOTP_SECRET
from psp.views import crisis_lines

SHOWN = 30


def demo_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The page does not exist where the demo is off, whatever else is set."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.PSP_DEMO:
            raise Http404
        return view(request)

    return guarded


@login_not_required
@require_GET
@demo_only
def mail(request: HttpRequest) -> HttpResponse:
    language = reader_language()
    found = mailbox.letters(settings.PSP_DATA / "mail", most=SHOWN)
    context = {
        "letters": [
            {"letter": letter, "when": long_datetime(letter.received, settings.TIME_ZONE, language)} for letter in found
        ],
        "accounts": ACCOUNTS,
        "participants": PARTICIPANTS,
        "password": PASSWORD,
        "code": current_code(TOTP_SECRET),
    }
    return render(request, "demo/mailbox.html", context)


@login_not_required
@require_GET
@demo_only
def components(request: HttpRequest) -> HttpResponse:
    context = {"gallery": components_data.gallery(), "crisis_lines": crisis_lines()}
    return render(request, "psp/components.html", context)
