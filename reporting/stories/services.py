"""Stories: written, offered, read by a coordinator, agreed to word for word, put into a report, taken back.

Nobody but the person decides about their words. A coordinator may propose other wording; what is printed is what the
person read and said yes to. It lasts as long as the consent to stories: whoever takes that back has no story here any
more, in the same transaction, and it is in no report that is not published yet.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact.services import queue_message
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError
from psp.models import User
from reporting.choices import ReleaseState
from reporting.disclosure import digest_of
from reporting.models import Release, ReleasedStory, Story
from reporting.releases.manifest import contents_of, text_of
from reporting.releases.permissions import can_prepare_release
from reporting.stories.choices import StoryState

NEWS = "no_hurry"


def may_write(person: User) -> bool:
    return Consent.objects.in_force(person, ConsentPurpose.STORY)


def own(person: User) -> Story | None:
    found: Story | None = Story.objects.visible_to(person).first()
    return found


def seen(text: str) -> str:
    """A mark of the very words that somebody read, to be sent back with their answer."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- The person ---


@transaction.atomic
def write(*, by: User, text: str, language: str, offer: bool) -> Story:
    """Keep the story; offered, a coordinator of the person's region may read it. What was agreed before is no longer,
    and is in no report that waits. DomainError: `not_agreed`."""
    _lock(by)
    if not may_write(by):
        message = _("You took back your yes to stories, so nothing was kept. You can say yes again at any time.")
        raise DomainError(message, code="not_agreed")
    row = Story.objects.select_for_update(of=("self",)).filter(person=by).first()
    new = row is None
    row = row or Story(person=by)
    row.text, row.wording, row.language = text, "", language
    row.state, row.changed_at = StoryState.OFFERED if offer else StoryState.DRAFT, timezone.now()
    row.save(force_insert=new)
    _out_of_waiting_reports(row)
    audit.record(Action.CREATE if new else Action.CHANGE, row, person=by.pk, purpose=Purpose.OWN, fields=("text",))
    return row


@transaction.atomic
def answer(*, by: User, yes: bool, read: str) -> Story:
    """Yes or no to the proposed words, as they were read. No makes it the person's own draft again. Twice is once.

    DomainError: `nothing_proposed`, `other_words` (they were changed since the page was opened).
    """
    _lock(by)
    row: Story | None = Story.objects.select_for_update(of=("self",)).filter(person=by).first()
    if row is not None and _answered(row, yes, read):
        return row
    if row is None or row.state != StoryState.PROPOSED or not may_write(by):
        raise DomainError(_("There is nothing to say yes or no to now."), code="nothing_proposed")
    if seen(row.wording) != read:
        message = _("The words were changed since you opened this page. Read them again, then answer.")
        raise DomainError(message, code="other_words")
    row.state, row.changed_at = StoryState.AGREED if yes else StoryState.DRAFT, timezone.now()
    row.wording = row.wording if yes else ""
    row.save()
    audit.record(Action.CHANGE, row, person=by.pk, purpose=Purpose.OWN, fields=("state",))
    return row


def _answered(row: Story, yes: bool, read: str) -> bool:
    """Whether the same was said a moment ago."""
    if yes:
        return bool(row.state == StoryState.AGREED and seen(row.wording) == read)
    return bool(row.state == StoryState.DRAFT)


@transaction.atomic
def take_back(*, by: User) -> bool:
    """Delete it, here and in every report that is not published; whether there was one. The consent stays."""
    _lock(by)
    return forget(by)


def forget(person: User) -> bool:
    """The consent has ended, or the person wants it gone."""
    row = Story.objects.select_for_update(of=("self",)).filter(person=person).first()
    if row is None:
        return False
    _out_of_waiting_reports(row)
    audit.record(Action.DELETE, row, person=person.pk, purpose=Purpose.OWN)
    row.delete()
    return True


def printed(story: Story) -> list[Release]:
    """The published reports in which it stands."""
    return list(Release.objects.filter(stories__story=story, state=ReleaseState.APPROVED).order_by("period"))


def _out_of_waiting_reports(story: Story) -> None:
    # The reports first, in order, as whoever approves one locks it.
    holding = ReleasedStory.objects.filter(story=story).values("release")
    for release in Release.objects.select_for_update(of=("self",)).filter(pk__in=holding).order_by("pk"):
        if release.state != ReleaseState.APPROVED:
            release.stories.filter(story=story).delete()
            _renew(release)


def _renew(release: Release) -> None:
    """Whoever approves it must have seen the words that are in it now."""
    rows = release.tables.select_related("frozen__series")
    release.manifest = text_of(contents_of(release, rows))
    release.digest = digest_of(release.manifest)
    release.save(update_fields=["manifest", "digest"])


def _lock(person: User) -> None:
    """The lock that a withdrawal takes too."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


# --- The coordinator ---


@transaction.atomic
def propose(*, story: UUID, by: User, wording: str, read: str) -> Story:
    """How it would be printed: the person's own words, or shorter ones. The person is told that something waits.

    Conflict `gone`: it was taken back, or is none of the own region. DomainError: `changed_meanwhile`, `not_offered`.
    """
    rows = Story.objects.in_regions_of(by)
    person = User.objects.filter(story__in=rows.filter(pk=story)).first()
    if person is not None:
        _lock(person)
    row: Story | None = rows.select_for_update(of=("self",)).filter(pk=story).first()
    if person is None or row is None:
        raise Conflict(_("This is not open any more. Look at it as it is now."), code="gone")
    if row.state == StoryState.AGREED:
        raise DomainError(_("The person said yes to these words: they stay as they are."), code="not_offered")
    if seen(row.text) != read:
        message = _("The person has edited their text since you opened this page. Read it again.")
        raise DomainError(message, code="changed_meanwhile")
    if row.state == StoryState.PROPOSED and row.wording == wording:
        return row
    row.wording, row.state, row.changed_at = wording, StoryState.PROPOSED, timezone.now()
    row.save()
    audit.record(Action.CHANGE, row, person=row.person_id, purpose=Purpose.CARE, fields=("wording",))
    key = f"story|{row.pk}|{seen(wording)}|{row.changed_at:%Y%m%d%H%M}"
    queue_message(person=person, template=NEWS, key=key, context={"story": str(row.pk)})
    return row


# --- The analyst ---


def may_change_words(release: Release, by: User) -> bool:
    """While a report waits for a second person, only the first one changes what is in it: whoever else did could
    publish what nobody but them has seen."""
    returned = release.state == ReleaseState.RETURNED
    waits = release.state == ReleaseState.PREPARED and release.prepared_by_id == by.pk
    return can_prepare_release(by) and (returned or waits)


def _require_to_change(release: Release, by: User) -> None:
    if not may_change_words(release, by):
        message = _("Somebody else prepared this report. Send it back first: then its words can be changed.")
        raise DomainError(message, code="prepared_by_another")


@transaction.atomic
def put_in(*, story: UUID, release: int, by: User) -> ReleasedStory:
    """A copy of the agreed words into a report that waits. Twice is once.

    DomainError: `not_printable`, `prepared_by_another`.
    """
    person = User.objects.filter(story=story).first()
    if person is not None:
        _lock(person)
    into = Release.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=release).first()
    row = Story.objects.printable().filter(pk=story).first()
    if row is None or into is None or into.state == ReleaseState.APPROVED:
        message = _("It cannot be put into this report: the person took it back, or the report is published.")
        raise DomainError(message, code="not_printable")
    _require_to_change(into, by)
    made, new = ReleasedStory.objects.get_or_create(
        release=into, story=row, defaults={"language": row.language, "text": row.wording}
    )  # fmt: skip
    if new:
        _renew(into)
        audit.record(Action.CHANGE, into, purpose=Purpose.REPORTING, fields=("stories",))
    return made


@transaction.atomic
def take_out(*, story: UUID, release: int, by: User) -> int:
    """Out of a report that waits; how many. DomainError: `prepared_by_another`."""
    into = Release.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=release).first()
    if into is None or into.state == ReleaseState.APPROVED:
        return 0
    _require_to_change(into, by)
    count: int = ReleasedStory.objects.filter(release=into, story=story).delete()[0]
    if count:
        _renew(into)
        audit.record(Action.CHANGE, into, purpose=Purpose.REPORTING, fields=("stories",))
    return count
