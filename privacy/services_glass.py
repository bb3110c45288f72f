"""Opening a file of another region for an hour, closing it early, and looking at it afterwards."""

from __future__ import annotations

from uuid import uuid5

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import notices
from privacy.choices import GlassReason, GlassReview
from privacy.models_glass import HOUR, MOST_UNSEEN, GlassGrant, GlassGrantQuerySet
from privacy.permissions import can_break_glass, can_run_office
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, DomainError, require
from psp.models import ProgramRegion, User


@transaction.atomic
def open_glass(*, person: User, region: ProgramRegion, reason: str, words: str, by: User) -> GlassGrant:
    """Open for one hour; the second click finds the first one's hour. DomainError: `empty`, `looked_at_first`.

    The person, the coordinators of `region` and the privacy officer see it from this moment on; officers get a mail.
    """
    # Two clicks at once come here one after the other.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    require(can_break_glass(by, region.code), "break_glass")
    if not words.strip():
        raise DomainError(_("Write why, in a few words. The person can read them."), code="empty", field="words")
    now = timezone.now()
    standing: GlassGrant | None = GlassGrant.objects.made_by(by).live(now).filter(person=person).first()
    if standing is not None:
        return standing
    _check_earlier(GlassGrant.objects.made_by(by).filter(person=person))
    grant = GlassGrant(person=person, program_region=region, by=by, reason=GlassReason(reason), words=words.strip(),
                       opened_at=now, ends_at=now + HOUR)  # fmt: skip
    grant.save(force_insert=True)
    audit.record(Action.CREATE, grant, person=person.pk, purpose=Purpose.BREAK_GLASS, fields=(grant.reason,))
    _tell_officers(grant)
    return grant


def _tell_officers(grant: GlassGrant) -> None:
    """An hour is short: a neutral mail to each officer's own mailbox says that there is something to read."""
    officers = User.objects.filter(is_active=True, roles__role=Role.PRIVACY_OFFICER).exclude(pk=grant.by_id).distinct()
    for officer in officers.order_by("pk"):
        notices.send(officer, uuid5(grant.pk, str(officer.pk)))


def _check_earlier(openings: GlassGrantQuerySet) -> None:
    """One hour is one hour: what somebody closed, or what was opened again and again, is looked at first."""
    unseen = openings.to_review()
    closed = openings.exclude(ended_by__isnull=True).exclude(ended_by=F("by"))
    if unseen.count() >= MOST_UNSEEN or closed.filter(Q(reviewed_at=None) | Q(review=GlassReview.BREACH)).exists():
        raise DomainError(
            _("The privacy officer looks at your earlier openings of this file first. Call the other region."),
            code="looked_at_first",
        )


@transaction.atomic
def end_glass(*, grant: GlassGrant, by: User) -> GlassGrant:
    """Close it now: the coordinator who has finished, or the privacy officer. Closing twice is once."""
    fresh = _locked(grant)
    require(by.pk == fresh.by_id or can_run_office(by), "end_glass")
    now = timezone.now()
    if fresh.ends_at > now:
        fresh.ends_at, fresh.ended_by = now, by
        fresh.save(update_fields=["ends_at", "ended_by"])
        _changed(fresh, "ends_at")
    return fresh


@transaction.atomic
def review_glass(*, grant: GlassGrant, review: str, by: User) -> GlassGrant:
    """Note what the privacy officer found. It is said once. Conflict: `reviewed`, DomainError: `own_opening`."""
    fresh = _locked(grant)
    require(can_run_office(by), "review_glass")
    if fresh.by_id == by.pk:
        raise DomainError(_("You opened this file yourself. Another privacy officer looks at it."), code="own_opening")
    if fresh.reviewed_at is not None:
        raise Conflict(_("Somebody has looked at this opening already."), code="reviewed")
    fresh.reviewed_at, fresh.reviewed_by, fresh.review = timezone.now(), by, GlassReview(review)
    fresh.save(update_fields=["reviewed_at", "reviewed_by", "review"])
    _changed(fresh, "review")
    return fresh


def _locked(grant: GlassGrant) -> GlassGrant:
    found: GlassGrant = GlassGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    return found


def _changed(grant: GlassGrant, field: str) -> None:
    audit.record(Action.CHANGE, grant, person=grant.person_id, purpose=Purpose.SECURITY, fields=(field,))
