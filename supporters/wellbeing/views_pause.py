"""A pause of the role: one page that says exactly what happens, one tap, no question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from psp.sight import sight_of
from supporters import calendar
from supporters.wellbeing.forms import PauseForm
from supporters.wellbeing.permissions import LEADING
from supporters.wellbeing.services_pause import come_back, pause_role, standing_pause

# As far ahead as any group is planned.
AHEAD = timedelta(days=730)


@require_http_methods(["GET", "POST"])
@requires(*LEADING)
def pause(request: HttpRequest) -> HttpResponse:
    me = account(request)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            pause_role(user=me, by=me, back_on=form.cleaned_data["back_on"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your role is paused. Take all the time that you need."))
            return redirect("lead:pause")
    return render(request, "supporters/wellbeing/pause.html", {"form": form, **_page(me)})


def _page(me: User) -> dict[str, Any]:
    now, standing = timezone.now(), standing_pause(me)
    near = calendar.led([me.pk], now - timedelta(days=1), now + AHEAD)
    back_on = standing.back_on if standing else None
    return {
        "paused": standing is not None, "ahead": sum(one.starts_at > now for one in near),
        "runs": any(one.starts_at <= now < one.ends_at for one in near),
        "back_on": long_date(back_on, reader_language(), article=False) if back_on else "",
        "back_iso": back_on, "proposed": sight_of(me).has(Role.SUPPORTER),
    }  # fmt: skip


@require_POST
@requires(*LEADING)
def end(request: HttpRequest) -> HttpResponse:
    me = account(request)
    come_back(user=me, by=me)
    messages.success(request, _("Welcome back."))
    return redirect("lead:pause")
