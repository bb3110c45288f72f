"""For coordinators: who is free to lead, where, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from groups.forms_free_leads import FreeLeadsForm, unfilled, wanted
from groups.free_leads import Found, FreeLead, Wanted, free_leads
from groups.models import LeadProfile, PeerGroup
from groups.views import PAGE, coordinators, group_or_404
from intake.choices import Modality
from intake.desk_lines import NAME
from intake.texts import places
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Language
from psp.crypto import keyring
from psp.models import User
from psp.sight import coordinated_regions


@require_GET
@coordinators
def free(request: HttpRequest) -> HttpResponse:
    """With a group (`?group=`), for that one: its language, its way to meet, its dates and its members count."""
    me, group = account(request), _group(request)
    regions = coordinated_regions(me)
    if any(request.GET.get(name) for name in FreeLeadsForm.base_fields):
        form = FreeLeadsForm(request.GET, regions=regions)
        looked_for, fields, mend = form.wanted(group), as_crispy_form(form), bool(form.errors)
    else:
        looked_for, fields, mend = wanted(group), unfilled(regions), False
    found, page = _page(request, me, looked_for)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "fields": fields, "mend": mend, "group": group, "page": page, "table": _table(found),
        "query": query.urlencode(), "free": found.free,
    }  # fmt: skip
    return render(request, "groups/free_leads.html", context)


def _page(request: HttpRequest, me: User, looked_for: Wanted) -> tuple[Found, Any]:
    """Who may lead now comes first; within, nobody is before anybody for what they are or did."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    found = free_leads(me, looked_for, start=(number - 1) * PAGE, most=PAGE)
    page = Paginator(range(found.people), PAGE).get_page(number)
    if page.number != number:
        found = free_leads(me, looked_for, start=(page.number - 1) * PAGE, most=PAGE)
    return found, page


def _group(request: HttpRequest) -> PeerGroup | None:
    asked = request.GET.get("group", "")
    try:
        return group_or_404(request, UUID(asked)) if asked else None
    except ValueError:
        return None


def _table(found: Found) -> dict[str, Any]:
    """Columns and rows for components/data_table.html; a line in the access log for everybody shown."""
    accounts = [one.user_id for one in found.shown]
    audit.record_reads_of(LeadProfile, [(one, one) for one in accounts], purpose=Purpose.GROUPS)
    for account_id in accounts:
        keyring.want(account_id)
    heads = (_("Name"), _("Now"), _("Language"), _("How to meet"), _("Leads now"))
    languages, modalities = dict(Language.choices), {code: str(label) for code, label in Modality.choices}
    regions = {code: str(region) for code, region in places().items()}
    rows = []
    for one in found.shown:
        ways, where = _named(one.modalities or [], modalities) or _("not said"), regions.get(one.region or "", "")
        leads = ngettext("%(number)s group", "%(number)s groups", one.leads) % {"number": one.leads}
        cells = (
            {"text": NAME.open_value(one.sealed_name, row=one.user_id, person=one.user_id) or one.username},
            _now(found, one), {"text": _named(one.languages or [one.language], languages)},
            {"text": f"{ways} ({where})" if where else ways}, {"text": leads},
        )  # fmt: skip
        rows.append({"cells": [{"label": head, **cell} for head, cell in zip(heads, cells, strict=True)]})
    return {"columns": [{"label": head} for head in heads], "rows": rows}


def _now(found: Found, one: FreeLead) -> dict[str, str]:
    if not one.may:
        return {"text": " ".join(found.sentences.get(one.user_id, ()))}
    text = ngettext("Free for %(number)s group", "Free for %(number)s groups", one.room) % {"number": one.room}
    return {"text": text, "tag_kind": "success"}


def _named(codes: list[str], labels: Mapping[str, Any]) -> str:
    return ", ".join(str(labels[code]) for code in codes if code in labels)
