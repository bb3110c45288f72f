"""Two people who know each other from an earlier group: a coordinator notes that each would meet the other again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from intake.models import Participant
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from supporters.choices import SupporterState
from supporters.joining.pages import day_words
from supporters.joining.services_former import agreement_of, participant_says, supporter_says
from supporters.models import Supporter

SAYS = {"supporter": supporter_says, "participant": participant_says}


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def met_again(request: HttpRequest, pk: UUID, supporter: UUID) -> HttpResponse:
    """One step for each of the two. The page does not say whether they ever met: the check knows, and nobody asks it
    here."""
    me = account(request)
    person = get_object_or_404(Participant.objects.visible_to(me).select_related("user"), pk=pk)
    leads = Supporter.objects.exclude(state=SupporterState.ENDED).filter(user__is_active=True)
    lead = get_object_or_404(leads.select_related("user"), pk=supporter)
    if request.method == "POST":
        say, yes = SAYS.get(request.POST.get("who", "")), request.POST.get("yes") == "yes"
        if say is not None:
            say(supporter=lead, participant=person, by=me, yes=yes)
            messages.success(request, _("It is noted.") if yes else _("It is taken back, as if it had not been said."))
        return redirect("desk:met_again", pk=person.pk, supporter=lead.pk)
    audit.record_reads([person, lead], purpose=Purpose.GROUPS)
    row = agreement_of(lead, person)
    said = {
        "supporter": row.supporter_said_at if row else None, "participant": row.participant_said_at if row else None
    }  # fmt: skip
    sides = [
        {"who": "supporter", "name": lead.user.name, "moment": said["supporter"], "role": _("Peer supporter")},
        {"who": "participant", "name": person.user.name, "moment": said["participant"], "role": _("Participant")},
    ]
    for side in sides:
        day = timezone.localdate(side["moment"]) if side["moment"] else None
        side |= {"day": day_words(day) if day else "", "day_iso": day.isoformat() if day else ""}
    return render(
        request, "supporters/joining/met_again.html", {"person": person, "sides": sides, "both": all(said.values())}
    )
