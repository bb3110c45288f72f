"""A new version of a definition: a copy with other words or other breakdowns, under the next number."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, DomainError, require
from psp.models import User
from psp.sight import sight_of
from reporting.definitions.faults import faults
from reporting.models import Series
from reporting.periods import Span
from reporting.reference import content_of, load_one


def can_edit_definitions(user: Any) -> bool:
    return sight_of(user).has(Role.ADMINISTRATOR)


def is_newest(series: Series) -> bool:
    return not Series.objects.filter(code=series.code, number__gt=series.number).exists()


@transaction.atomic
def new_version(*, series: Series, content: dict[str, Any], by: User) -> Series:
    """`content` as `reference.content_of`; what is counted and of which parts indicators speak stays.

    Conflict `stale` where another version came first; DomainError `same_words`, `no_spans`, `not_counted`: dimensions
    that the counter does not know, more than two, the same one twice.
    """
    require(can_edit_definitions(by), "edit_definitions")
    source = Series.objects.select_for_update().get(pk=series.pk)
    if not is_newest(source):
        raise Conflict(_("Somebody made a new version meanwhile. Begin with that one."), code="stale")
    before = content_of(source)
    if content == before:
        raise DomainError(_("This says the same as the version before. Change something first."), code="same_words")
    if not content["spans"] or not set(content["spans"]) <= set(Span):
        raise DomainError(_("Choose at least one length of period."), code="no_spans", field="spans")
    made = load_one(content | {"code": source.code, "number": source.number + 1}, source.place, made_here=True)
    if made.counter != source.counter or made.topic != source.topic or faults(made):
        raise DomainError(_("The program cannot count this."), code="not_counted", field="breakdowns")
    audit.record(Action.CREATE, made, purpose=Purpose.ADMINISTRATION)
    return made
