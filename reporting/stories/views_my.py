"""The person's own page for a story: write, read how it would be printed, say yes or no, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.errors import DomainError, add_to_form
from psp.models import User
from reporting.models import Story
from reporting.period_words import period_name
from reporting.periods import parse
from reporting.stories import services
from reporting.stories.choices import StoryState
from reporting.stories.forms import StoryForm
from reporting.stories.hints import telling


@require_http_methods(["GET", "POST"])
@for_participants
def words(request: HttpRequest) -> HttpResponse:
    me = account(request)
    row = services.own(me)
    form = StoryForm(request.POST if {"offer", "later"} & request.POST.keys() else None, initial=_initial(row))
    refused = ""
    if request.method == "POST":
        try:
            if done := _done(request, me, form):
                return done
        except DomainError as error:
            refused = error.message
            if form.is_bound:
                add_to_form(form, error)
    audit.record(Action.READ, Story, person=me.pk, purpose=Purpose.OWN)
    context = _context(me, services.own(me)) | {"form": form, "refused": "" if form.is_bound else refused}
    return render(request, "reports/stories/my.html", context, status=409 if refused else 200)


def _initial(row: Story | None) -> dict[str, str]:
    if row is None:
        return {"language": reader_language()}
    return {"text": row.text, "language": row.language}


def _context(me: User, row: Story | None) -> dict[str, Any]:
    return {
        "story": row, "may_write": services.may_write(me), "states": StoryState,
        "telling": telling(row.wording or row.text) if row else [],
        "read": services.seen(row.wording) if row else "",
        "printed": [period_name(parse(release.period)) for release in services.printed(row)] if row else [],
    }  # fmt: skip


def _done(request: HttpRequest, me: User, form: StoryForm) -> HttpResponse | None:
    """None where the form says what to mend."""
    if "delete" in request.POST:
        services.take_back(by=me)
        messages.success(request, _("Your words are deleted, and in no report that is still to come."))
    elif {"yes", "no"} & request.POST.keys():
        yes = "yes" in request.POST
        services.answer(by=me, yes=yes, read=request.POST.get("read", ""))
        said_yes, said_no = _("Thank you. These words may be printed."), _("Nothing is printed. Your words are yours.")
        messages.success(request, said_yes if yes else said_no)
    elif form.is_valid():
        offer, said = "offer" in request.POST, form.cleaned_data
        text = said["text"].replace("\r\n", "\n").strip()
        services.write(by=me, text=text, language=said["language"], offer=offer)
        sent, kept = (
            _("Thank you. Somebody on the team will read it."),
            _("Your words are saved. Only you can see them."),
        )
        messages.success(request, sent if offer else kept)
    else:
        return None
    return redirect("my_words:words")
