"""Break-glass on the desk: ask, say why, read and call for one hour. Nothing can be changed from here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import glass
from intake.forms_glass import ElsewhereForm, GlassForm
from intake.limits import spend_for_search
from intake.models import Participant
from privacy.models import GlassGrant
from privacy.services_glass import end_glass, open_glass
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form

coordinators = requires(Role.COORDINATOR)


@require_http_methods(["GET", "POST"])
@coordinators
def look(request: HttpRequest) -> HttpResponse:
    """Whether another region has a file: that and no more, so many times an hour."""
    form = ElsewhereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reader = account(request)
        if not spend_for_search(reader.pk):
            form.add_error(None, _("You have asked often in this hour. Wait a little, or call the other region."))
        elif found := glass.look_elsewhere(reader, form.cleaned_data["text"]):
            opening = GlassForm(initial={"token": glass.token_for(reader, found)}, reader=reader)
            return render(request, "desk/glass_open.html", {"form": opening})
        else:
            form.add_error("text", _("No other region has a file with exactly this. Names are not looked for here."))
    return render(request, "desk/elsewhere.html", {"form": form})


@require_POST
@coordinators
def open_file(request: HttpRequest) -> HttpResponse:
    form = GlassForm(request.POST, reader=account(request))
    if form.is_valid() and form.found is not None:
        said = {name: form.cleaned_data[name] for name in ("reason", "words")}
        file = form.found
        try:
            grant = open_glass(person=file.user, region=file.program_region, by=account(request), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            return redirect("desk:glass", pk=grant.pk)
    return render(request, "desk/glass_open.html", {"form": form})


@require_GET
@coordinators
def read_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read only, for as long as the hour lasts; every look is noted with the opening that allowed it."""
    grant: GlassGrant = get_object_or_404(GlassGrant.objects.made_by(account(request)), pk=pk)
    people = Participant.objects.opened_by_glass(account(request), timezone.now())
    file = people.select_related("user", "region").filter(user=grant.person_id).distinct().first()
    if file is None:
        raise DomainError(
            _("This file is closed again. If the reason still holds, open it once more."), code="glass_over"
        )
    audit.record(
        Action.READ, file, person=file.user_id, purpose=Purpose.BREAK_GLASS,
        fields=(*glass.SHOWN, f"opening={grant.pk}"),
    )  # fmt: skip
    return render(request, "desk/glass.html", glass.shown(file, grant, account(request)))


@require_POST
@coordinators
def close_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    grant: GlassGrant = get_object_or_404(GlassGrant.objects.made_by(account(request)), pk=pk)
    end_glass(grant=grant, by=account(request))
    messages.success(request, _("The file is closed again."))
    return redirect("desk:today")
