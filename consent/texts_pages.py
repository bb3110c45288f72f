"""What the administrators' pages about consent texts show. Reads only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import ConsentVersion, PurposeSwitch
from consent.rules import grace_until
from consent.rules_texts import Change, Kind, changes
from consent.services_texts import content_of, must_sign_again
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Language

Row = dict[str, Any]


def version_or_404(key: object) -> ConsentVersion:
    text = str(key)
    rows = ConsentVersion.objects.filter(pk=int(text)) if text.isdecimal() and len(text) < 10 else None
    found: ConsentVersion | None = rows.first() if rows is not None else None
    if found is None:
        raise Http404
    return found


def title_of(page: str, version: ConsentVersion | None) -> str:
    words = {
        "start": _("New draft"),
        "edit": _("%(purpose)s, version %(number)s"),
        "publish": _("Publish: %(purpose)s, version %(number)s"),
    }[page]
    return words % {"purpose": version.get_purpose_display(), "number": version.number} if version else words


def standing_of(version: ConsentVersion) -> str:
    if version.published_at is None:
        return _("Draft")
    today = timezone.localdate()
    if version.valid_from > today:
        return _("Published, begins later")
    newest = ConsentVersion.objects.filter(
        purpose=version.purpose, published_at__isnull=False, valid_from__lte=today
    ).order_by("-valid_from", "-number").first()  # fmt: skip
    if version.pk != (newest.pk if newest else None):
        return _("Earlier version")
    off = PurposeSwitch.objects.filter(purpose=version.purpose, offered=False).exists()
    return _("In force, but the purpose is switched off") if off else _("In force")


def before(version: ConsentVersion) -> ConsentVersion | None:
    """The published version that this one follows."""
    earlier = ConsentVersion.objects.filter(purpose=version.purpose, published_at__isnull=False)
    return earlier.filter(number__lt=version.number).order_by("-number").first()


def differences(version: ConsentVersion) -> list[Row]:
    """Old and new beside each other in both languages, for each part that differs."""
    earlier = before(version)
    if earlier is None:
        return []
    return [_difference(change) for change in changes(content_of(earlier), content_of(version))]


def _difference(change: Change) -> Row:
    return {
        "label": _place(change), "kind": _kind(change.kind),
        "sides": [
            ("en", Language.EN.label, change.old_en, change.new_en),
            ("fr", Language.FR.label, change.old_fr, change.new_fr),
        ],
    }  # fmt: skip


def _place(change: Change) -> str:
    if change.part in ("title", "summary"):
        return {"title": _("Title"), "summary": _("Summary in plain words")}[change.part]
    if change.kind == Kind.MOVED:
        return _("Statement %(new)s, before %(old)s") % {"new": change.new_place, "old": change.old_place}
    return _("Statement %(place)s") % {"place": change.new_place or change.old_place}


def _kind(kind: Kind) -> str:
    return {
        Kind.ADDED: _("Added"), Kind.REMOVED: _("Removed"), Kind.REWORDED: _("Reworded"), Kind.MOVED: _("Moved"),
    }[kind]  # fmt: skip


def people_words(version: ConsentVersion) -> str:
    """How many sign again, with care for small counts."""
    count, few = must_sign_again(version)
    if few:
        return _("fewer than %(count)s") % {"count": settings.PSP_SUPPRESSION_THRESHOLD}
    return _("%(count)s or more") % {"count": count} if count else _("nobody")


def grace_words(version: ConsentVersion) -> str:
    """Until when earlier signatures count if the draft is published today with its day, or as it was published."""
    last: date = version.older_until or grace_until(
        version.valid_from, timezone.localdate(), settings.PSP_CONSENT_GRACE_DAYS
    )
    return long_date(last, reader_language(), article=False)
