"""For coordinators: who is free to lead, where, in which language."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from groups.forms_free_leads import FreeLeadsForm
from groups.free_leads import FreeLead, free_leads
from groups.models import LeadProfile, PeerGroup
from groups.views import coordinators, group_or_404, listed
from intake.choices import Modality
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Language
from psp.models import Region, User


@require_GET
@coordinators
def free(request: HttpRequest) -> HttpResponse:
    """With a group (`?group=`), for that one: its language, its way to meet, its dates and its members count."""
    me, group = account(request), _group(request)
    form = FreeLeadsForm(request.GET, user=me)
    found = free_leads(me, form.wanted(group))
    # Who may lead now comes first; within, nobody is before anybody for what they are or did.
    page = listed(request, [*(one for one in found if one.free), *(one for one in found if not one.free)])
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "group": group, "page": page, "rows": _rows(page.object_list), "query": query.urlencode(),
        "free": sum(one.free for one in found),
    }  # fmt: skip
    return render(request, "groups/free_leads.html", context)


def _group(request: HttpRequest) -> PeerGroup | None:
    asked = request.GET.get("group", "")
    try:
        return group_or_404(request, UUID(asked)) if asked else None
    except ValueError:
        return None


def _rows(shown: list[FreeLead]) -> list[dict[str, Any]]:
    accounts = User.objects.in_bulk([one.profile.user_id for one in shown])
    audit.record_reads_of(LeadProfile, [(one, one) for one in accounts], purpose=Purpose.GROUPS)
    regions = {one.code: str(one) for one in Region.objects.all()} if shown else {}
    return [
        {
            "name": accounts[one.profile.user_id].name or accounts[one.profile.user_id].username,
            "languages": _named(one.profile.languages or [one.profile.language], Language),
            "modalities": _named(one.profile.modalities or [], Modality) or _("not said"),
            "where": regions.get(one.profile.region or "", ""), "free": one.free, "room": one.room,
            "leads": one.leads, "sentences": one.sentences, "user": one.profile.user_id,
        }
        for one in shown
    ]  # fmt: skip


def _named(codes: list[str], choices: Any) -> str:
    return ", ".join(str(choices(code).label) for code in codes if code in choices.values)
