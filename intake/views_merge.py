"""Two files of one person, side by side: what would move, what stays, what stands in the way, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent.models import Consent
from intake import desk, duplicates
from intake.merging import movers
from intake.models import Participant
from intake.models_desk import Merge
from intake.portal import TAG_KINDS, last_application
from intake.services_merge import merge_files, obstacles, say_different, undo_merge
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError

coordinators = requires(Role.COORDINATOR)
PAGE = 25
SHOWN_TO_COMPARE = ("name", "applications", "consents")


def file_or_404(request: HttpRequest, pk: UUID) -> Participant:
    people = Participant.objects.in_regions_of(account(request)).select_related("user", "region", "program_region")
    found: Participant = get_object_or_404(people, pk=pk)
    return found


@require_GET
@coordinators
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Files of the own regions that share a phone number."""
    page = Paginator(duplicates.shared_numbers(account(request)), PAGE).get_page(request.GET.get("page"))
    groups = duplicates.groups_of(account(request), page)
    audit.record_reads([person for group in groups for person in group], purpose=Purpose.INTAKE)
    return render(request, "desk/duplicates.html", {"page": page, "groups": groups})


@require_http_methods(["GET", "POST"])
@coordinators
def merge(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """The summary before it is done; `pk` is the file that is kept."""
    kept, merged = file_or_404(request, pk), file_or_404(request, other)
    against = obstacles(kept=kept, merged=merged)
    if request.method == "POST" and not against:
        try:
            merge_files(kept=kept, merged=merged, by=account(request))
        except DomainError as error:
            against = [error.message]
        else:
            messages.success(request, _("The two files are one now. You can take them apart again for 30 days."))
            return redirect("desk:file", pk=kept.pk)
    for person in (kept, merged):
        audit.record(Action.READ, person, person=person.user_id, purpose=Purpose.INTAKE, fields=SHOWN_TO_COMPARE)
    context = {"kept": side(request, kept), "merged": side(request, merged), "against": against,
               "moves": what_moves(kept, merged)}  # fmt: skip
    return render(request, "desk/merge.html", context, status=409 if request.method == "POST" else 200)


def side(request: HttpRequest, person: Participant) -> dict[str, Any]:
    """One of the two files, in the few lines by which a coordinator knows the person."""
    application = last_application(person)
    standing = Consent.objects.standing().of(person.user_id)
    return {
        "person": person,
        "application": application,
        "since": desk.moment(person.created_at, account(request)),
        "tag": TAG_KINDS[application.state] if application else "",
        "consents": [row.get_purpose_display() for row in standing],
    }


def what_moves(kept: Participant, merged: Participant) -> list[str]:
    count = merged.applications.count()
    words = ngettext("%(count)d application", "%(count)d applications", count) % {"count": count}
    return ([words] if count else []) + [line for mover in movers() for line in mover.tell(kept, merged)]


@require_POST
@coordinators
def merge_with(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another file by its reference, which is typed and stands in no address."""
    kept = file_or_404(request, pk)
    reference = desk.reference_of(request.POST.get("reference", ""))
    other = Participant.objects.in_regions_of(account(request)).filter(reference=reference).first()
    if other is None:
        messages.warning(request, _("No file of your regions has this reference. If another region has it, its"
                                    " coordinator and you must decide together."))  # fmt: skip
        return redirect("desk:file", pk=kept.pk)
    return redirect("desk:merge", pk=kept.pk, other=other.pk)


@require_POST
@coordinators
def different(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Two people who share a number, such as a couple: nobody is asked again."""
    say_different(one=file_or_404(request, pk), other=file_or_404(request, other), by=account(request))
    messages.success(request, _("Noted: these are two people. You will not be asked again."))
    return redirect("desk:file", pk=pk)


@require_POST
@coordinators
def unmerge(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Merge.objects.in_regions_of(account(request)), pk=pk)
    undo_merge(merge=found, by=account(request))
    messages.success(request, _("These are two files again, each with what it had. What the person took back"
                                " since then stays taken back in both."))  # fmt: skip
    return redirect("desk:file", pk=found.kept_id)
