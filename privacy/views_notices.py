"""What the program has to tell a person about their information: read in their own space only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from privacy.choices import BreachData
from privacy.models_breach import Affected
from privacy.words import day
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.bilingual import reader_language


@require_GET
@for_participants
def notices(request: HttpRequest) -> HttpResponse:
    found = list(Affected.objects.visible_to(account(request)).select_related("breach").order_by("-notified_at"))
    audit.record_reads(found, purpose=Purpose.OWN)
    rows = [
        {"day": day(one.notified_at.date()), "text": getattr(one.breach, f"notice_{reader_language()}"),
         "kinds": [BreachData(code).label for code in one.breach.kinds]}
        for one in found
    ]  # fmt: skip
    return render(request, "privacy/my/notices.html", {"rows": rows})
