"""The desk's pages about groups: lists, one group, who waits, and every change of a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import desk, invited, services
from groups.choices import RUNNING, GroupKind, GroupState, LeadRole, MembershipState
from groups.forms import GroupForm, LeadForm
from groups.group_parts import parts_for
from groups.models import GroupLead, Membership, PeerGroup
from intake.forms_desk import RevisionForm
from intake.models import Participant
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form

PAGE = 25
coordinators = requires(Role.COORDINATOR)
page = require_http_methods(["GET", "POST"])


def group_or_404(request: HttpRequest, pk: UUID) -> PeerGroup:
    rows = PeerGroup.objects.in_regions_of(account(request)).select_related("program_region", "region")
    found: PeerGroup = get_object_or_404(rows, pk=pk)
    return found


def listed(request: HttpRequest, rows: Any) -> Any:
    """One page of a list, loaded once."""
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found.object_list = list(found.object_list)
    return found


@require_GET
@coordinators
def groups(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = asked if asked in GroupState.values else ""
    rows = desk.groups_of(account(request))
    if state:
        rows = rows.filter(state=state)
    found = listed(request, rows)
    context = {
        "page": found, "rows": [desk.row_of(group) for group in found], "states": GroupState.choices,
        "state": state, "query": f"state={state}" if state else "",
    }  # fmt: skip
    return render(request, "groups/list.html", context)


@page
@coordinators
def new_group(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST or None, user=account(request))
    if request.method == "POST" and form.is_valid():
        try:
            group = services.create_group(by=account(request), **form.values())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The group is made. Now give people a place in it."))
            return redirect("desk:group", pk=group.pk)
    return render(request, "groups/new.html", {"form": form})


@require_GET
@coordinators
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    return show_group(request, group_or_404(request, pk))


def show_group(request: HttpRequest, found: PeerGroup, form: LeadForm | None = None) -> HttpResponse:
    members = desk.members_of(found)
    audit.record_reads(members, purpose=Purpose.GROUPS)
    leads = list(found.leads.select_related("user").order_by("pk"))
    present = sum(member.state == MembershipState.MEMBER for member in members)
    facilitators = sum(lead.role == LeadRole.FACILITATOR for lead in leads)
    running = found.state in RUNNING
    parts = parts_for(found, account(request))
    audit.record_reads([row for part in parts for row in part.get("read", [])], purpose=Purpose.GROUPS)
    context = {
        "group": found, "members": members, "present": present, "leads": leads, "running": running,
        "tag": desk.TAG_KINDS[GroupState(found.state)], "begins": desk.begins(found),
        "missing": desk.missing(found, present, facilitators) if found.state == GroupState.FORMING else [],
        "open": desk.is_open(found, present + invited.kept(found)), "schedule_url": desk.schedule_url(found),
        "form": form, "parts": parts,
        "tasks": [task for part in parts for task in part.get("tasks", [])],
    }  # fmt: skip
    return render(request, "groups/group.html", context, status=409 if form is not None and form.is_bound else 200)


@page
@coordinators
def add_people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who waits for this kind of group in its region and language; each with a button that gives the place."""
    found = group_or_404(request, pk)
    if request.method == "POST":
        return add_person(request, found)
    people = listed(
        request, desk.waiting(account(request), found.kind, language=found.language, region=found.program_region_id)
    )
    audit.record_reads(people, purpose=Purpose.GROUPS)
    present, kept = found.memberships.active().count(), invited.kept(found)
    context = {
        "group": found, "page": people, "rows": [desk.waiting_row(person) for person in people], "query": "",
        "present": present, "kept": kept, "open": desk.is_open(found, present + kept),
        "asked": set(invited.accounts(found)),
    }  # fmt: skip
    return render(request, "groups/add.html", context)


def person_or_404(request: HttpRequest) -> Participant:
    """Who is named in the form."""
    people = Participant.objects.in_regions_of(account(request))
    try:
        pk = UUID(request.POST.get("participant", ""))
    except ValueError:
        pk = None
    person: Participant = get_object_or_404(people, pk=pk)
    return person


def add_person(request: HttpRequest, found: PeerGroup) -> HttpResponse:
    person = person_or_404(request)
    services.add_member(group=found, participant=person, by=account(request))
    messages.success(request, _("The person has a place in the group."))
    return redirect("desk:group_add", pk=found.pk)


@page
@coordinators
def remove_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = Membership.objects.select_related("participant__user")
    member = get_object_or_404(rows, pk=pk, group__in=PeerGroup.objects.in_regions_of(account(request)))
    found = group_or_404(request, member.group_id)
    if request.method == "POST":
        services.leave_group(membership=member, by=account(request))
        messages.success(request, _("The place is free. Nobody in the group is told why."))
        return redirect("desk:group", pk=found.pk)
    audit.record_reads([member], purpose=Purpose.GROUPS)
    closed = found.kind == GroupKind.FORMAL and found.state != GroupState.FORMING
    stays, waits = _("The group is established: the place stays empty."), _("The person waits for a place again.")
    return confirm(
        request, found, RevisionForm(initial={"revision": found.revision}),
        title=_("End the place of %(name)s") % {"name": member.participant.user.name},
        consequences=[stays if closed else waits, _("No reason is asked or kept.")], button=_("End this place"),
        danger=True,
    )  # fmt: skip


@page
@coordinators
def add_lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The group's page with the form to choose who leads: everybody who could is read for it alone."""
    found = group_or_404(request, pk)
    form = LeadForm(request.POST if request.method == "POST" else None, group=found)
    if form.is_valid():
        try:
            services.add_lead(group=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("This person leads the group now."))
            return redirect("desk:group", pk=found.pk)
    return show_group(request, found, form)


@require_POST
@coordinators
def remove_lead(request: HttpRequest, pk: int) -> HttpResponse:
    rows = GroupLead.objects.filter(group__in=PeerGroup.objects.in_regions_of(account(request)))
    lead = get_object_or_404(rows, pk=pk)
    services.remove_lead(lead=lead, by=account(request))
    messages.success(request, _("This person does not lead the group any more."))
    return redirect("desk:group", pk=lead.group_id)


def confirm(
    request: HttpRequest, found: PeerGroup, form: RevisionForm, *, title: str, consequences: Sequence[str], button: str,
    danger: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "group": found, "title": title, "consequences": consequences, "button": button, "danger": danger, "form": form,
        "tag": desk.TAG_KINDS[GroupState(found.state)],
    }  # fmt: skip
    return render(request, "groups/confirm.html", context, status=409 if form.errors else 200)


def change(
    request: HttpRequest, pk: UUID, act: Callable[..., Any], *, title: str, consequences: Sequence[str], button: str,
    sentence: str, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    """A page that says what will happen to a group, with one button; the button does it."""
    found = group_or_404(request, pk)
    form = RevisionForm(request.POST or None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        try:
            act(group=found, by=account(request), revision=form.cleaned_data["revision"])
        except DomainError as error:
            add_to_form(form, error)
            found.refresh_from_db()
            form.renew(found.revision)
        else:
            messages.success(request, sentence)
            return redirect("desk:group", pk=found.pk)
    return confirm(request, found, form, title=title, consequences=consequences, button=button, danger=danger)


@page
@coordinators
def establish(request: HttpRequest, pk: UUID) -> HttpResponse:
    closes = group_or_404(request, pk).kind == GroupKind.FORMAL
    closed = [
        _("Whoever has not answered an invitation by now cannot join any more. Nobody is told why."),
        _("A formal group is closed from now on: nobody joins it, also not in place of someone who leaves."),
    ]
    return change(
        request, pk, services.establish, title=_("Establish the group"), button=_("Establish the group"),
        consequences=[
            *(closed if closes else []), _("Its members see the group and its sessions on their own pages."),
            _("This cannot be undone."),
        ],
        sentence=_("The group is established."),
    )  # fmt: skip


@page
@coordinators
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return change(
        request, pk, services.cancel, title=_("Cancel the group"), button=_("Cancel the group"), danger=True,
        consequences=[_("Its members go back to the waiting list, with the time that they have waited."),
                      _("Sessions that were planned do not take place."), _("This cannot be undone.")],
        sentence=_("The group is cancelled."),
    )  # fmt: skip


@page
@coordinators
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    return change(
        request, pk, services.complete, title=_("Complete the group"), button=_("Complete the group"),
        consequences=[_("The group is over. Its sessions and attendance are kept."), _("This cannot be undone.")],
        sentence=_("The group is completed."),
    )  # fmt: skip
