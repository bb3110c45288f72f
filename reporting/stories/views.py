"""Stories on the desk, for coordinators of the person's region; and for analysts, the words that may be printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Language, Role
from psp.errors import DomainError, add_to_form
from reporting.choices import ReleaseState
from reporting.models import Release, ReleasedStory, Story
from reporting.period_words import period_name
from reporting.periods import parse
from reporting.stories import services
from reporting.stories.choices import StoryState
from reporting.stories.forms import WordingForm
from reporting.stories.hints import telling

# As a coordinator sees it; the person's own page says it to the person.
DESK_STATES = {
    StoryState.OFFERED: _("Waits for you"), StoryState.PROPOSED: _("Waits for the person’s yes or no"),
    StoryState.AGREED: _("The person said yes"),
}  # fmt: skip


@require_GET
@requires(Role.COORDINATOR)
def desk_list(request: HttpRequest) -> HttpResponse:
    """Who offered one; nothing of what they wrote."""
    rows = list(_here(request).select_related("person").defer("text", "wording"))
    audit.record_reads(rows, purpose=Purpose.CARE)
    lines = [{"story": row, "name": row.person.name, "state": DESK_STATES[StoryState(row.state)]} for row in rows]
    return render(request, "reports/stories/desk_list.html", {"lines": lines})


def _here(request: HttpRequest) -> QuerySet[Any]:
    return Story.objects.in_regions_of(account(request)).order_by("changed_at")


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def desk_story(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_here(request).select_related("person"), pk=pk)
    before = {"wording": row.wording or row.text, "read": services.seen(row.text)}
    form = WordingForm(request.POST or None, initial=before)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.propose(story=pk, by=account(request), wording=said["wording"], read=said["read"])
        except DomainError as error:
            if error.code == "gone":
                # The person took it back a moment ago: nothing of it is shown any more.
                messages.error(request, error.message)
                return redirect("desk:words")
            add_to_form(form, error)
            status = error.status
        else:
            messages.success(request, _("The person reads these words, and says yes or no."))
            return redirect("desk:words")
    audit.record_reads([row], purpose=Purpose.CARE)
    context = {
        "story": row, "name": row.person.name, "form": form, "telling": telling(row.wording or row.text),
        "agreed": row.state == StoryState.AGREED, "language_name": Language(row.language).label,
    }  # fmt: skip
    return render(request, "reports/stories/desk_story.html", context, status=status)


@require_GET
@requires(Role.ANALYST, Role.PRIVACY_OFFICER)
def words(request: HttpRequest) -> HttpResponse:
    """What may be printed, in no order that says who wrote when; and in which reports of one's own it stands."""
    reader = account(request)
    found = Release.objects.visible_to(reader).exclude(state=ReleaseState.APPROVED).order_by("period")
    waiting = [one for one in found if services.may_change_words(one, reader)]
    placed = set(ReleasedStory.objects.filter(release__in=waiting).values_list("story", "release"))
    lines = [
        {"id": row.pk, "text": row.wording, "language": row.language,
         "reports": [{"release": one, "name": _period(one), "there": (row.pk, one.pk) in placed} for one in waiting]}
        for row in Story.objects.printable().order_by("id")
    ]  # fmt: skip
    published = ReleasedStory.objects.filter(release__state=ReleaseState.APPROVED).select_related("release")
    out = [{"period": _period(one.release), "language": one.language, "text": one.text} for one in published]
    return render(request, "reports/stories/words.html", {"lines": lines, "published": out})


def _period(release: Release) -> str:
    """As people read it: "October 2026", never its code."""
    return period_name(parse(release.period))


@require_POST
@requires(Role.ANALYST)
def place(request: HttpRequest, pk: UUID, release_id: int) -> HttpResponse:
    """Into a report that waits, or out of it."""
    reader = account(request)
    get_object_or_404(Release.objects.visible_to(reader), pk=release_id)
    get_object_or_404(Story.objects.printable(), pk=pk)
    try:
        if "out" in request.POST:
            services.take_out(story=pk, release=release_id, by=reader)
            messages.success(request, _("It is not in the report any more."))
        else:
            services.put_in(story=pk, release=release_id, by=reader)
            messages.success(request, _("It is in the report now."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("reports:words")
