"""Anonymous feedback after a session ([NH] rule 37): slips are handed out, answers come back, boxes are emptied.

What it holds against, and how:

**Whoever has the whole database, again and again** (its administrator, with full dumps over time, system columns and
the write-ahead log; without the master key, which is in no database). A session has one box: one row with one sealed
column of one length, whatever is in it. Handing out a slip and taking in an answer both rewrite that column and nothing
else: no other row, no moment, no count, no history, no entry of the access log. A dump tells that a box changed since
the dump before, not which of the two happened or how many are in it. Beside the access log, which says who looked at
their own pages about then, that may tell that somebody answered; never what. Nothing joins slip and person, also in it:
the box holds four heaps (marks of people, traces of slips out, traces of slips back, answers), each in the order of its
own content, so that two worlds in which people swapped their answers leave the same box. At night every box is sealed
anew. Once the time to answer is over, whole boxes are counted into batches, question by question: what one person said
is not together any more, no batch is of fewer than the threshold, and no question of fewer than five. Then the box's
key is destroyed.

**Somebody inside, with the rights of the application** (those who lead, coordinators, analysts, administrators, the
privacy officer). No page, no copy, no export shows a box or who took a slip; reports count whole batches of periods
that are over, protected as every figure, and never again. What a person took or said is not in their file, because
nobody could put it there.

**The person beside the phone.** A slip is never in an address, so not in the history of a browser and in no log of a
server on the way; it is typed or sent in the body. What was answered is shown to nobody again, also not by the Back
button; the link under a session looks alike before and after. The address where slips come back reads no cookie but the
one that says that this browser has just left, sets none, and writes no line in our log.

What remains:

- Whoever holds the master key **and** the keys' database while a box is open can look into it: who took a slip, and
  what was said, though not by whom. With dumps of both from before and after one answer they see which one came in
  between, and the access log says who was at their page about then. Until its batch that is also true of a backup whose
  keys are still there. The page therefore says that a slip can be used another day and on another device.
- Whoever changes the program, or listens on the way into it, sees slip and person together when one is handed out.
- A proxy in front of the site may log when somebody used this address and from where: it must not
  (`docs/operations`). A browser that uses it at once shows the same network address at both pages.
- All of a group who know each other may put together what the others said; so may somebody who holds all the slips of
  a batch but one. If everybody in a batch said the same, it is known of everybody.
- When a box goes tells whether there was any answer in it: one without is thrown away at its end, the others wait.
- A slip whose answer was lost on the way to the browser is lost. Whoever has two files may take two slips.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from groups.models import Membership
from psp import feedback_rules as rules
from psp import survey
from psp.crypto import keyring
from psp.errors import DomainError
from psp.feedback_rules import Back, Shown
from psp.models import User
from sessions.choices import QuestionnaireUse, SessionState
from sessions.models import Attendance, FeedbackBatch, FeedbackBox, GroupSession, Questionnaire
from sessions.services_attendance import WAS_THERE, members_at

# How many boxes are locked at once while they are sealed anew.
PORTION = 200


# --- Boxes are opened -------------------------------------------------------------------------------


def window() -> timedelta:
    return timedelta(days=settings.PSP_FEEDBACK_DAYS)


@transaction.atomic
def open_boxes(now: datetime) -> int:
    """A box for each session that is over, several at a time, so that no box and no key tells when it was wanted."""
    form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
    if form is None:
        return 0
    over = GroupSession.objects.filter(ends_at__lte=now, ends_at__gt=now - window(), feedback_box__isnull=True)
    sessions = list(over.exclude(state=SessionState.CANCELLED).order_by("pk"))
    ids = [uuid4() for _session in sessions]
    if ids:
        keyring.create_many(ids)
    for key, session in zip(ids, sessions, strict=True):
        box = FeedbackBox(id=key, ref=rules.new_ref(), session=session, questionnaire=form)
        box.closes_at, box.sealed = session.ends_at + window(), rules.to_text(rules.Content())
        box.save(force_insert=True)
    return len(ids)


def throw_away(session: GroupSession) -> None:
    """The session did not take place then: nothing was to be said about it. Where it takes place later, a box of its
    own is opened afterwards."""
    box = FeedbackBox.objects.select_for_update(of=("self",)).filter(session=session, emptied=False).first()
    if box is not None:
        _put(box, rules.Content(), empty=True)


# --- Slips are handed out ---------------------------------------------------------------------------


def open_sessions(person: User) -> QuerySet[GroupSession]:
    """The sessions of which this person may say how they were: they were there, and the box is open."""
    boxes = FeedbackBox.objects.open(timezone.now()).values("session")
    places = Membership.objects.filter(participant__user=person).values("group")
    near = Q(group__in=places) | Q(attendance__participant__user=person)
    found = GroupSession.objects.filter(near, pk__in=boxes).distinct()
    mine = [session.pk for session in found if was_there(session, person)]
    if not mine or took_back(person):
        return GroupSession.objects.none()
    return GroupSession.objects.filter(pk__in=mine).select_related("group").order_by("-starts_at")


def took_back(person: User) -> bool:
    """Whoever took back the consent to questions is asked none, not even without a name."""
    ended = Consent.objects.filter(person=person, purpose=ConsentPurpose.EVALUATION, withdrawal__isnull=False)
    return ended.exists() and not Consent.objects.in_force(person, ConsentPurpose.EVALUATION)


def was_there(session: GroupSession, person: User) -> bool:
    """As it was noted; where nothing is noted of them: whoever had a place then."""
    noted = Attendance.objects.filter(session=session, participant__user=person).first()
    if noted is not None:
        return noted.status in WAS_THERE
    return any(member.participant.user_id == person.pk for member in members_at(session))


@transaction.atomic
def hand_slip(*, session: GroupSession, by: User, nonce: bytes) -> rules.Slip:
    """A slip for this person, once; asked again with the same `nonce` (two clicks, Back), the same slip.

    Nothing of it is kept but in the box. DomainError: `slip_taken`, `feedback_over`.
    """
    box = FeedbackBox.objects.select_for_update(of=("self",)).filter(session=session).first()
    if box is None or not is_open(box) or not was_there(session, by) or took_back(by):
        message = _("It is too late to say how this session was, or it was not your session. There is nothing to do.")
        raise DomainError(message, code="feedback_over")
    key, content = key_of(box), content_of(box)
    mark, trace = rules.mark_of(key, by.pk.bytes), rules.trace_of(key, nonce)
    after = rules.hand_out(content, mark=mark, trace=trace)
    if after is None:
        message = _("You were given your code before. We kept no copy of it, so we cannot show it again.")
        raise DomainError(message, code="slip_taken")
    _put(box, after)
    return rules.Slip(box.ref, nonce)


# --- Answers come back ------------------------------------------------------------------------------


def look_at(slip: rules.Slip | None) -> Shown:
    """What a slip opens, changing nothing."""
    box = FeedbackBox.objects.filter(ref=slip.ref).select_related("questionnaire").first() if slip else None
    back = _worth(box, slip)
    return Shown(back, box.questionnaire.form if box is not None and back == Back.GOOD else ())


@transaction.atomic
def take_answers(*, slip: rules.Slip | None, said: Mapping[str, str]) -> Back:
    """Drop the answers into the box. Nobody did it: no account, no log. ValueError for an answer not on offer."""
    boxes = FeedbackBox.objects.select_for_update(of=("self",)).select_related("questionnaire")
    box = boxes.filter(ref=slip.ref).first() if slip else None
    back = _worth(box, slip)
    if box is not None and slip is not None and back == Back.GOOD:
        sheet = survey.sheet_of(box.questionnaire.form, said)
        trace = rules.trace_of(key_of(box), slip.nonce)
        _put(box, rules.take_in(content_of(box), trace=trace, sheet=sheet))
    return back


def _worth(box: FeedbackBox | None, slip: rules.Slip | None) -> Back:
    if box is None or slip is None:
        return Back.UNKNOWN
    if not is_open(box):
        return Back.OVER
    trace, content = rules.trace_of(key_of(box), slip.nonce), content_of(box)
    if trace in content.used:
        return Back.USED
    return Back.GOOD if trace in content.slips else Back.UNKNOWN


# --- Boxes are emptied ------------------------------------------------------------------------------


def empty_boxes(now: datetime) -> int:
    """Every night: seal open boxes anew, take the slips out of closed ones, count what is enough into batches.

    Returns how many batches there are more. Safe at any time, and twice at once.
    """
    let_go()
    _seal_anew(now)
    made = _count_up(now)
    let_go()
    return made


def _seal_anew(now: datetime) -> None:
    """Whatever a system column says of the last change of an open box, it says of this night. A portion at a time."""
    ids = list(FeedbackBox.objects.open(now).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), PORTION):
        with transaction.atomic():
            boxes = FeedbackBox.objects.select_for_update(of=("self",)).filter(pk__in=ids[first : first + PORTION])
            for box in boxes.filter(emptied=False).order_by("pk"):
                _put(box, content_of(box), empty=not has_key(box))


@transaction.atomic
def _count_up(now: datetime) -> int:
    """One transaction and one statement for all batches: nothing of their rows tells which box was first."""
    query = FeedbackBox.objects.select_for_update(of=("self",)).filter(emptied=False, closes_at__lte=now)
    boxes = {str(box.pk): box for box in query.select_related("session__group", "questionnaire").order_by("pk")}
    contents = {key: content_of(box) for key, box in boxes.items()}
    today = timezone.localdate(now, timezone.get_default_timezone())
    planned = rules.plan([_closed(box, contents[key]) for key, box in boxes.items()], today, limits())
    batches = [_batch(item, boxes, contents) for item in planned.batches]
    FeedbackBatch.objects.bulk_create(sorted(batches, key=lambda batch: batch.pk))
    gone = {key for item in planned.batches for key in item.boxes} | set(planned.dropped)
    for key, box in boxes.items():
        _put(box, rules.without_slips(contents[key]), empty=key in gone)
    return len(batches)


def limits() -> rules.Limits:
    return rules.Limits(
        settings.PSP_FEEDBACK_THRESHOLD, settings.PSP_FEEDBACK_MERGE_DAYS, settings.PSP_FEEDBACK_DROP_DAYS
    )


def _closed(box: FeedbackBox, content: rules.Content) -> rules.Box:
    closed = timezone.localdate(box.closes_at, timezone.get_default_timezone())
    return rules.Box(
        str(box.pk), box.questionnaire_id, box.session.group.kind, closed, closed, len(content.sheets)
    )  # fmt: skip


def _batch(item: rules.Batch, boxes: Mapping[str, FeedbackBox], contents: Mapping[str, rules.Content]) -> FeedbackBatch:
    sheets = [sheet for key in item.boxes for sheet in contents[key].sheets]
    form = boxes[item.boxes[0]].questionnaire.form
    return FeedbackBatch(
        questionnaire_id=item.form, kind=item.kind, period=item.period, answers=len(sheets),
        counts=survey.count_up(form, sheets, fewest=rules.FLOOR),
    )  # fmt: skip


def let_go() -> int:
    """Destroy the keys of emptied boxes, then the rows. After a crash in between the next night does it again."""
    ids: Collection[UUID] = list(FeedbackBox.objects.filter(emptied=True).values_list("pk", flat=True))
    for key in ids:
        keyring.destroy(key)
    FeedbackBox.objects.filter(pk__in=ids).delete()
    return len(ids)


# --- What a box holds -------------------------------------------------------------------------------


def is_open(box: FeedbackBox) -> bool:
    return not box.emptied and box.closes_at > timezone.now() and has_key(box)


def has_key(box: FeedbackBox) -> bool:
    """False after a restore of the main database alone to a moment before the box was emptied: then it goes again."""
    return keyring.key_of(box.pk) is not None


def key_of(box: FeedbackBox) -> bytes:
    """Of a box that has one (`has_key`)."""
    found = keyring.key_of(box.pk)
    assert found is not None
    return found[1]


def content_of(box: FeedbackBox) -> rules.Content:
    """Empty where the key is gone: nobody can read it any more."""
    return rules.from_text(box.sealed) if has_key(box) else rules.Content()


def _put(box: FeedbackBox, content: rules.Content, *, empty: bool = False) -> None:
    """Sealed anew, also where nothing changed: the same work, and the same trace, whatever happened."""
    box.emptied, box.sealed = empty, "" if empty else rules.to_text(content)
    box.save(update_fields=["sealed", "emptied"])
