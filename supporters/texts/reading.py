"""Which texts are in force, who agreed to which, and who is asked next. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Max, QuerySet

from psp.models import User
from psp.sight import sight_of
from supporters.choices import SupporterState, TextKind
from supporters.models import Acknowledgement, ProgramText, Supporter
from supporters.texts.permissions import ASKED


def current(kind: str) -> ProgramText | None:
    """The version in force; None where nothing was published."""
    found: ProgramText | None = ProgramText.objects.current(kind)
    return found


def kinds_for(user: User) -> list[TextKind]:
    """Texts that this account works by: by role, and for whoever is on the way to leading."""
    sight = sight_of(user)
    kinds = [kind for kind, roles in ASKED.items() if sight.has(*roles)]
    joining = TextKind.AGREEMENT_SUPPORTER not in kinds and Supporter.objects.filter(
        pk=user.pk, state=SupporterState.JOINING
    ).exists()  # fmt: skip
    return [TextKind.AGREEMENT_SUPPORTER, *kinds] if joining else kinds


def needs_acknowledging(user: User) -> list[ProgramText]:
    """Versions in force that this account has not agreed to; empty where nothing waits."""
    wanted = [text for kind in kinds_for(user) if (text := current(kind)) is not None]
    done = set(Acknowledgement.objects.filter(user=user, text__in=wanted).values_list("text", flat=True))
    return [text for text in wanted if text.pk not in done]


def last_acknowledged(user: User, kind: str) -> Acknowledgement | None:
    """The newest version of that text which this account agreed to."""
    rows = Acknowledgement.objects.filter(user=user, text__kind=kind).select_related("text")
    return rows.order_by("-text__number").first()


def acknowledged_by(users: Collection[UUID], kind: str) -> dict[UUID, int]:
    """Account → number of the newest version it agreed to; accounts that agreed to none are missing. One query."""
    rows = Acknowledgement.objects.filter(user__in=users, text__kind=kind)
    return dict(rows.order_by().values_list("user").annotate(Max("text__number")))


def concerned(kind: str) -> QuerySet[User]:
    """Open accounts that are asked to agree to this text: those who have the role, or are on the way to it."""
    roles = ASKED.get(TextKind(kind), ())
    found = User.objects.filter(is_active=True, roles__role__in=roles)
    if kind == TextKind.AGREEMENT_SUPPORTER:
        found |= User.objects.filter(is_active=True, supporter__state=SupporterState.JOINING)
    return User.objects.filter(pk__in=found.order_by().values("pk"))


def waiting_among(users: Collection[UUID], kind: str) -> set[UUID]:
    """Which of these accounts have not agreed to the version in force. Two queries."""
    text = current(kind)
    if text is None:
        return set()
    done = Acknowledgement.objects.filter(user__in=users, text=text).values_list("user", flat=True)
    return set(users) - set(done)
