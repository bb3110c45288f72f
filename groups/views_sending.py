"""Before invitations leave: who will be asked for what, and who cannot be asked any more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from groups.arrangement import arrangement_of
from groups.board import board_of
from groups.models import Forming, KindSetting
from groups.services_sending import PeopleTaken, Taken, invite_forming
from groups.views_forming import coordinators, forming_or_404, page, revision_of
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.errors import DomainError


@page
@coordinators
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    forming = forming_or_404(request, pk)
    if request.method != "POST":
        return look_over(request, forming)
    try:
        made = invite_forming(
            forming=forming, revision=revision_of(request), by=account(request), without=left_out(request)
        )
    except PeopleTaken as error:
        return look_over(request, forming_or_404(request, pk), taken=error.people)
    except DomainError as error:
        return look_over(request, forming_or_404(request, pk), refused=str(error.message))
    words = ngettext("%(n)d group is made and its people are invited.",
                     "%(n)d groups are made and their people are invited.", len(made))  # fmt: skip
    messages.success(request, words % {"n": len(made)})
    return redirect("desk:forming", pk=pk)


def left_out(request: HttpRequest) -> list[UUID]:
    """Accounts that the coordinator has read of and leaves out."""
    found = []
    for text in request.POST.getlist("without")[:200]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def look_over(
    request: HttpRequest, forming: Forming, *, taken: tuple[Taken, ...] = (), refused: str = ""
) -> HttpResponse:  # fmt: skip
    board = board_of(arrangement_of(forming))
    inside = [card.place for column in board.columns for card in column.people]
    audit.record_reads(inside, purpose=Purpose.GROUPS)
    days = KindSetting.objects.values_list("answer_days", flat=True).get(kind=forming.kind)
    context: dict[str, Any] = {
        "forming": forming, "board": board, "taken": taken, "refused": refused, "days": days,
        "not_ready": [column for column in board.columns if column.lacks],
        "without": [*left_out(request), *(one.account for one in taken)],
    }  # fmt: skip
    return render(request, "groups/forming/send.html", context, status=409 if taken or refused else 200)
