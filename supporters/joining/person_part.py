"""On a supporter's page, for the supervisor at their side: when to look again whether it is time."""

from __future__ import annotations

from typing import Any

from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.models import User
from supporters.choices import ReadyFor, SupporterState
from supporters.joining.pages import day_words
from supporters.models import Readiness, Supporter


def look_again(person: User, reader: User) -> dict[str, Any] | None:
    """The days alone, without a word of what was said. None where nothing is to be looked at again."""
    seen = Supporter.objects.visible_to(reader).exclude(state=SupporterState.ENDED).filter(pk=person.pk)
    rows = Readiness.objects.newest().filter(user__in=seen.values("pk"), look_again_on__isnull=False)
    found = list(rows.order_by("look_again_on").values_list("pk", "ready_for", "look_again_on"))
    if not found:
        return None
    audit.record_reads_of(Readiness, [(key, person.pk) for key, _step, _day in found], purpose=Purpose.CARE)
    lines = [{"step": ReadyFor(step).label, "day": day_words(day), "iso": day.isoformat()} for _key, step, day in found]
    return {"lines": lines, "person": person.pk}
