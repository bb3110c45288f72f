"""A participant's quiet page about becoming a peer supporter: what it is, from when, and to say so or take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from psp.areas import account, for_participants
from psp.errors import DomainError, add_to_form
from psp.models import User
from supporters.joining.former import has_gone_on
from supporters.joining.forms import InterestForm
from supporters.joining.pages import day_words
from supporters.joining.services_interest import begins, interest_of, say_interest, take_back_interest
from supporters.models import Interest


@require_http_methods(["GET", "POST"])
@for_participants
def page(request: HttpRequest) -> HttpResponse:
    me = account(request)
    found = interest_of(me)
    initial = {"name": found.name, "address": found.address} if found else None
    form = InterestForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            say_interest(by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("We have noted it. You do not have to do anything now."))
            return redirect("my_joining:page")
    return render(request, "supporters/joining/mine.html", {"form": form, **where(me, found)})


def where(me: User, found: Interest | None) -> dict[str, Any]:
    """What the page says first: gone on, on its way, noted, not before a day, in a group, or open."""
    if has_gone_on(me.pk):
        return {"state": "gone_on"}
    if found is not None:
        state = "on_its_way" if found.taken_up_at else "another_address" if found.address_taken else "noted"
        return {"state": state, "interest": found}
    earliest = begins(me)
    if earliest.in_group:
        return {"state": "in_group"}
    if earliest.open(timezone.localdate()) or earliest.on is None:
        return {"state": "open"}
    return {"state": "later", "day": day_words(earliest.on), "day_iso": earliest.on.isoformat()}


@require_http_methods(["GET", "POST"])
@for_participants
def take_back(request: HttpRequest) -> HttpResponse:
    me = account(request)
    found = interest_of(me)
    if found is None:
        return redirect("my_joining:page")
    if request.method == "POST":
        take_back_interest(interest=found, by=me)
        messages.success(request, _("It is taken back. Nothing of it is kept, and you can say it again."))
        return redirect("my_joining:page")
    consequences = [
        _("The name and the address for the new role are deleted."),
        _("Your groups and everything else here stay as they are."),
        _("You can say it again whenever you like."),
    ]
    return render(request, "supporters/joining/take_back.html", {"consequences": consequences})
