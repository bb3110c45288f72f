"""What is still missing before somebody may lead, on their own page "For me": each piece with the page that mends it.

No verdict and no score: there is no count, and nothing is shown where nothing is missing. Nor is it while somebody is
away: whoever rests is reminded of nothing. Who must not meet whom, and who took part before, is never here.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.choices import Role
from psp.models import User
from psp.sight import sight_of
from supporters.may_lead.standing import missing
from supporters.may_lead.words import AWAY, HIDDEN, as_they_lead
from supporters.rules import Lacks, Missing

# Where each piece is mended, and how the way there is called.
SUPERVISION, TRAINING = ("lead:supervision", _("My supervision")), ("lead:training", _("My training"))
CARRIES = ("lead:limits", _("How much I carry"))
PLACES = {
    Lacks.AGREEMENT: ("lead:agreement", _("What we agreed on")),
    Lacks.NOT_READY: ("lead:joining", _("My way")),
    Lacks.NOT_TRAINED: TRAINING, Lacks.TRAINING_EXPIRED: TRAINING,
    Lacks.NO_SUPERVISOR: SUPERVISION, Lacks.SUPERVISION_OVERDUE: SUPERVISION,
    Lacks.GROUPS: CARRIES, Lacks.SESSIONS: CARRIES, Lacks.HOURS: CARRIES,
}  # fmt: skip


def before_leading(user: User) -> list[dict[str, Any]]:
    """[{"text", "url", "link"}], in the order in which one would mend them; as of today, for the groups led now."""
    staff = () if sight_of(user).has(Role.SUPPORTER) else (user.pk,)
    found = missing((user.pk,), timezone.localdate(), staff=staff)[user.pk]
    if any(one.lacks in AWAY for one in found):
        return []
    return [_line(one) for one in found if one.lacks not in HIDDEN]


def _line(one: Missing) -> dict[str, Any]:
    name, label = PLACES[one.lacks]
    return {"text": as_they_lead(one), "url": reverse(name), "link": label}
