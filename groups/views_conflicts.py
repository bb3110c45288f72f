"""Two people who must not meet are in one group: what is so, who sees to it, and how it ends. For coordinators of
the region in which the pair was noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import desk, services_conflicts
from groups.choices import GroupKind, GroupState
from groups.conflicts import Conflict
from groups.models import GroupLead, Invitation, PeerGroup
from groups.permissions import can_manage_group
from intake.models import KeepApart, Participant
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError
from psp.models import User

coordinators = requires(Role.COORDINATOR)
# Of whoever is invited, to a place or to leading.
ACCOUNT = Coalesce("participant__user", "user")


def pair_or_404(request: HttpRequest, apart: UUID) -> KeepApart:
    rows = KeepApart.objects.visible_to(account(request)).select_related("person", "other")
    found: KeepApart = get_object_or_404(rows, pk=apart)
    return found


def mended(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("This is mended: the two are not in one group any more."))
    return redirect("desk:today")


@require_GET
@coordinators
def conflict(request: HttpRequest, apart: UUID, pk: UUID) -> HttpResponse:
    pair = pair_or_404(request, apart)
    found = services_conflicts.conflict_between(pair, pk)
    if found is None:
        return mended(request)
    people = people_of(pair, found, account(request))
    audit.record_reads([one["file"] for one in people if one["file"]], purpose=Purpose.GROUPS)
    context = {
        **desk.conflict_row(found, account(request)), "people": people, "pair": pair,
        "manages": can_manage_group(account(request), found.group), "schedule": desk.schedule_url(found.group),
        "closed": found.group.kind == GroupKind.FORMAL and found.group.state != GroupState.FORMING,
    }  # fmt: skip
    return render(request, "groups/conflict.html", context)


def people_of(pair: KeepApart, found: Conflict, reader: User) -> list[dict[str, Any]]:
    """The two, with what they are in this group, and whether this coordinator can end that."""
    files = {row.user_id: row for row in Participant.objects.filter(user__in=found.accounts).select_related("user")}
    leads = set(GroupLead.objects.filter(group=found.group, user__in=found.accounts).values_list("user_id", flat=True))
    asked = dict(Invitation.objects.open().filter(group=found.group).values_list(ACCOUNT, "user"))
    leads |= set(asked.values()) & set(found.accounts)
    manages = can_manage_group(reader, found.group)
    own = set(Participant.objects.in_regions_of(reader).filter(user__in=found.accounts).values_list("user", flat=True))
    return [
        {"user": one, "file": files.get(one.pk), "asked": one.pk == pair.person_id,
         "leads": one.pk in leads, "invited": one.pk in asked, "opens": one.pk in own,
         "may": manages or (one.pk in own and one.pk not in leads)}
        for one in (pair.person, pair.other) if one is not None
    ]  # fmt: skip


@require_POST
@coordinators
def take(request: HttpRequest, apart: UUID, pk: UUID) -> HttpResponse:
    pair = pair_or_404(request, apart)
    found = services_conflicts.conflict_between(pair, pk)
    if found is None:
        return mended(request)
    services_conflicts.take_care(apart=pair, group=found.group, by=account(request))
    messages.success(request, _("The other coordinators see that you take care of it."))
    return redirect("desk:conflict", apart=apart, pk=pk)


@require_http_methods(["GET", "POST"])
@coordinators
def part(request: HttpRequest, apart: UUID, pk: UUID, who: UUID) -> HttpResponseBase:
    """Says what will happen, with one button that does it."""
    pair = pair_or_404(request, apart)
    found = services_conflicts.conflict_between(pair, pk)
    if found is None:
        return mended(request)
    one = next((one for one in people_of(pair, found, account(request)) if one["user"].pk == who and one["may"]), None)
    if one is None:
        raise Http404
    error: Any = ""
    if request.method == "POST":
        try:
            services_conflicts.part_them(apart=pair, group=found.group, account=who, by=account(request))
        except DomainError as refused:
            error = refused.message
        else:
            return mended(request)
    elif one["file"]:
        audit.record_reads([one["file"]], purpose=Purpose.GROUPS)
    context = {"group": found.group, "apart": apart, "one": one, "error": error,
               "consequences": consequences(found.group, leads=one["leads"], invited=one["invited"]),
               "tag": desk.TAG_KINDS[GroupState(found.group.state)]}  # fmt: skip
    return render(request, "groups/conflict_part.html", context, status=409 if error else 200)


def consequences(group: PeerGroup, *, leads: bool, invited: bool) -> list[str]:
    """What ending it means, as sentences."""
    if invited:
        return [_("The invitation is taken back. The place is free."), _("Nobody in the group is told why.")]
    if leads:
        return [_("This person does not lead this group any more."), _("Nobody in the group is told why.")]
    closed = group.kind == GroupKind.FORMAL and group.state != GroupState.FORMING
    return [
        _("The group is established: the place stays empty.") if closed else _("The place is free for somebody else."),
        _("The person waits for a place again, and comes before others for three months."),
        _("Nobody in the group is told why. Neither of the two is told about the other."),
    ]
