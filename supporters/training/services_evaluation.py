"""What a cohort says of its training: before, after and three months later, voluntarily and without a name.

The boxes are those of sessions once more (`psp.feedback_rules`): slips are handed out on the person's own page, answers
come back at an address at which nobody is anybody. What remains is what remains there, and one thing more: what was
said stays sealed in whole boxes until protected figures are made of it; here it is only told whether there are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from psp import feedback_rules as rules
from psp import survey
from psp.crypto import keyring
from psp.errors import DomainError
from psp.feedback_rules import Back, Shown
from psp.models import User
from supporters.models import Cohort, Enrolment, EvaluationBox, EvaluationForm
from supporters.training.choices import SEATED, CohortState, Moment
from supporters.training.rules import windows

# --- Boxes are opened and closed --------------------------------------------------------------------


@transaction.atomic
def open_boxes(now: datetime) -> int:
    """A box wherever the time to answer has come; several at once. How many were opened."""
    dates = Cohort.objects.exclude(state=CohortState.CANCELLED).filter(sessions__cancelled=False)
    found = dates.annotate(begins=Min("sessions__starts_at"), ends=Max("sessions__ends_at")).order_by("pk")
    forms = {moment: EvaluationForm.objects.in_force(moment) for moment in Moment.values}
    there = set(EvaluationBox.objects.values_list("cohort", "form__moment"))
    wanted = [
        (cohort, forms[moment], until)
        for cohort in found
        for moment, (since, until) in windows(cohort.begins, cohort.ends).items()
        if since <= now < until and forms[moment] is not None and (cohort.pk, moment) not in there
    ]
    ids = [uuid4() for _box in wanted]
    if ids:
        keyring.create_many(ids)
    for key, (cohort, form, until) in zip(ids, wanted, strict=True):
        box = EvaluationBox(id=key, ref=rules.new_ref(), cohort=cohort, form=form, closes_at=until)
        box.sealed = rules.to_text(rules.Content())
        box.save(force_insert=True)
    return len(ids)


def tend_boxes(now: datetime) -> None:
    """Every night: seal every box anew, take the slips out of closed ones, let go of those without an answer, of those
    that waited too long for enough of them, and of those that were counted long ago."""
    late = now - timedelta(days=settings.PSP_FEEDBACK_DROP_DAYS)
    counted = now - timedelta(days=settings.PSP_EVALUATION_DAYS)
    for key in list(EvaluationBox.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            box = EvaluationBox.objects.select_for_update(of=("self",)).filter(pk=key).first()
            if box is None:
                continue  # another run was here
            content = content_of(box)
            if box.closes_at <= now:
                content = rules.without_slips(content)
            over = not content.sheets or box.closes_at <= counted or (box.closes_at <= late and not enough(box.form))
            gone = box.closes_at <= now and over
            _put(box, content, empty=gone)
    for key in list(EvaluationBox.objects.filter(emptied=True).values_list("pk", flat=True)):
        keyring.destroy(key)
        EvaluationBox.objects.filter(pk=key).delete()


# --- Slips ------------------------------------------------------------------------------------------


def open_to(person: User) -> QuerySet[EvaluationBox]:
    """Boxes of the cohorts in which this person has a place."""
    mine = Enrolment.objects.filter(user=person, state__in=SEATED).values("cohort")
    found: QuerySet[EvaluationBox] = EvaluationBox.objects.open(timezone.now()).filter(cohort__in=mine)
    return found.select_related("cohort", "form")


@transaction.atomic
def hand_slip(*, box: EvaluationBox | UUID, by: User, nonce: bytes) -> rules.Slip:
    """A slip for this person, once; asked again with the same `nonce` (two clicks), the same one. Kept in the box only.

    DomainError: `slip_taken`, `feedback_over`.
    """
    key = box if isinstance(box, UUID) else box.pk
    found = EvaluationBox.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if found is None or not open_to(by).filter(pk=key).exists() or not _has_key(found):
        message = _("It is too late to say how this was, or it was not your cohort. There is nothing to do.")
        raise DomainError(message, code="feedback_over")
    secret = _key_of(found)
    after = rules.hand_out(
        content_of(found), mark=rules.mark_of(secret, by.pk.bytes), trace=rules.trace_of(secret, nonce)
    )  # fmt: skip
    if after is None:
        message = _("You were given your code before. We kept no copy of it, so we cannot show it again.")
        raise DomainError(message, code="slip_taken")
    _put(found, after)
    return rules.Slip(found.ref, nonce)


def look_at(slip: rules.Slip) -> Shown:
    """What a slip opens, changing nothing."""
    box = EvaluationBox.objects.filter(ref=slip.ref).select_related("form").first()
    back = _worth(box, slip)
    return Shown(back, box.form.form if box is not None and back == Back.GOOD else ())


@transaction.atomic
def take_answers(slip: rules.Slip, said: Mapping[str, str]) -> Back:
    """Drop the answers into the box. Nobody did it: no account, no log. ValueError for an answer not on offer."""
    boxes = EvaluationBox.objects.select_for_update(of=("self",)).select_related("form")
    box = boxes.filter(ref=slip.ref).first()
    back = _worth(box, slip)
    if box is not None and back == Back.GOOD:
        sheet = survey.sheet_of(box.form.form, said)
        _put(box, rules.take_in(content_of(box), trace=rules.trace_of(_key_of(box), slip.nonce), sheet=sheet))
    return back


def _worth(box: EvaluationBox | None, slip: rules.Slip) -> Back:
    if box is None:
        return Back.UNKNOWN
    if box.emptied or box.closes_at <= timezone.now() or not _has_key(box):
        return Back.OVER
    trace, content = rules.trace_of(_key_of(box), slip.nonce), content_of(box)
    if trace in content.used:
        return Back.USED
    return Back.GOOD if trace in content.slips else Back.UNKNOWN


# --- What a box holds -------------------------------------------------------------------------------


def enough(form: EvaluationForm) -> bool:
    """Whether closed boxes of this form hold at least the threshold of answers together. How many is told to nobody."""
    closed = EvaluationBox.objects.filter(form=form, closes_at__lte=timezone.now(), emptied=False)
    return sum(len(content_of(box).sheets) for box in closed) >= settings.PSP_FEEDBACK_THRESHOLD


def standing() -> list[tuple[EvaluationForm, bool]]:
    """For each form that was asked: whether there are enough answers yet."""
    asked = Counter(EvaluationBox.objects.values_list("form", flat=True))
    return [(form, enough(form)) for form in EvaluationForm.objects.filter(pk__in=asked)]


def content_of(box: EvaluationBox) -> rules.Content:
    """Empty where the key is gone: nobody can read it any more."""
    return rules.from_text(box.sealed) if box.sealed and _has_key(box) else rules.Content()


def _has_key(box: EvaluationBox) -> bool:
    return keyring.key_of(box.pk) is not None


def _key_of(box: EvaluationBox) -> bytes:
    found = keyring.key_of(box.pk)
    assert found is not None
    return found[1]


def _put(box: EvaluationBox, content: rules.Content, *, empty: bool = False) -> None:
    """Sealed anew, also where nothing changed: the same work, and the same trace, whatever happened."""
    box.emptied, box.sealed = empty, "" if empty or not _has_key(box) else rules.to_text(content)
    box.save(update_fields=["sealed", "emptied"])
