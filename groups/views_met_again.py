"""From a group to the page on which two people are noted to meet again: any member, and any peer supporter.

Every pair is offered, and looks the same, whether or not the two ever met: the check knows, and nobody asks it here.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from groups.forms_met_again import TwoPeopleForm
from groups.models import PeerGroup
from groups.views import coordinators, group_or_404
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.models import User
from psp.sight import coordinated_regions
from supporters.choices import SupporterState
from supporters.models import Supporter


@require_http_methods(["GET", "POST"])
@coordinators
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose the two, then note what each of them says."""
    found = group_or_404(request, pk)
    rows = list(found.memberships.active().select_related("participant__user"))
    audit.record_reads(rows, purpose=Purpose.GROUPS)
    members = [row.participant for row in rows if row.participant.emptied_at is None]
    supporters = list(peers(found, account(request)))
    audit.record_reads_of(User, [(one.pk, one.pk) for one in supporters], purpose=Purpose.GROUPS)
    form = TwoPeopleForm(request.POST or None, members=members, supporters=supporters)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return redirect("desk:met_again", pk=said["member"], supporter=said["supporter"])
    return render(request, "groups/met_again.html", {"group": found, "form": form})


def peers(group: PeerGroup, reader: User) -> QuerySet[User]:
    """Those who lead this group, and those who lead in the reader's regions."""
    here = Q(program_region__in=coordinated_regions(reader)) | Q(user__leads__group=group)
    leading = Supporter.objects.filter(here, state=SupporterState.ACTIVE).order_by()
    rows: QuerySet[User] = User.objects.filter(pk__in=leading.values("pk"), is_active=True)
    return rows
