"""Who may stand in for one session: asked when somebody is chosen, and again for as long as it is to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import LeadRole
from groups.may_lead import MISSING
from groups.models import GroupLead, Membership
from groups.services import ROLE_OF_LEAD, check_apart
from intake.models import KeepApart
from psp.choices import Kind, Role
from psp.errors import DomainError
from psp.models import User
from psp.sight import sight_of
from sessions.free import taken
from sessions.models import Cover, GroupSession
from supporters.joining.former import met_before
from supporters.may_lead.standing import Adding, missing
from supporters.may_lead.words import for_coordinator
from supporters.models import Leave, Pause
from supporters.rules import Lacks, Missing

# Groups at once are not what one session is about, and who must not meet whom is asked by itself.
ELSEWHERE = frozenset({Lacks.GROUPS, Lacks.APART, Lacks.FORMER_COHORT})


def role_needed(cover: Cover) -> str:
    """The role of an account that whoever stands in must have: that of the one who cannot lead."""
    role = GroupLead.objects.filter(group=cover.session.group_id, user=cover.lead_id).values_list("role", flat=True)
    return ROLE_OF_LEAD[LeadRole(role.first() or LeadRole.FACILITATOR)]


def check_stand_in(cover: Cover, user: User, by: User | None) -> None:
    """DomainError as `check_still`, and `may_not_lead` with everything else that is missing for leading."""
    check_still(cover, user, by)
    found = lacking(cover, [user.pk]).get(user.pk, ())
    if found:
        raise DomainError(" ".join(for_coordinator(found)), code=MISSING, field="user")


def lacking(cover: Cover, accounts: Collection[UUID]) -> dict[UUID, tuple[Missing, ...]]:
    """What is missing for each of them as of today, with this one session led too. It is no further group."""
    session = cover.session
    adding = Adding(None, frozenset(members_of(session)), ((session.starts_at, session.ends_at),), False)
    clinicians = role_needed(cover) == Role.CLINICIAN
    peers = User.objects.filter(pk__in=accounts, kind=Kind.SUPPORTER).values_list("pk", flat=True) if clinicians else ()
    staff = set(accounts) - set(peers) if clinicians else set()
    found = missing(accounts, timezone.localdate(), staff=staff, adding=adding)
    left = {key: tuple(one for one in rows if one.lacks not in ELSEWHERE) for key, rows in found.items()}
    return {key: rows for key, rows in left.items() if rows}


def check_still(cover: Cover, user: User, by: User | None) -> None:
    """DomainError: `lead_role`, `leads_anyway`, `member_of_group`, `not_available`, `lead_kept_apart`, `not_free`."""
    session, members = cover.session, members_of(cover.session)
    if not (user.is_active and sight_of(user).has(role_needed(cover))):
        message = _("This account does not have the role that leading needs. Ask an administrator to give it.")
        raise DomainError(message, code="lead_role", field="user")
    if _leads_it(session, user, besides=cover):
        message = _("This person leads this session already. Choose somebody else.")
        raise DomainError(message, code="leads_anyway", field="user")
    if Membership.objects.filter(group=session.group_id, participant__user=user).exists():
        message = _("This person is or was a member of this group, so cannot lead it. Choose someone else.")
        raise DomainError(message, code="member_of_group", field="user")
    check_apart(user.pk, members, by, "lead_kept_apart")
    if not_available(session, [user.pk]) or met_before([user.pk], members):
        message = _("This person is not available for this session. Choose somebody else.")
        raise DomainError(message, code="not_available", field="user")
    if taken([user.pk], [(session.starts_at, session.ends_at)], besides=session.group_id):
        message = _("This person is not free at that time. Choose somebody else.")
        raise DomainError(message, code="not_free", field="user")


def _leads_it(session: GroupSession, user: User, *, besides: Cover) -> bool:
    leads = GroupLead.objects.filter(group=session.group_id, user=user).exists()
    others = Cover.objects.filter(session=session).stood_in_by(user).exclude(pk=besides.pk)
    return leads or others.exists()


def members_of(session: GroupSession) -> list[UUID]:
    rows = Membership.objects.active().filter(group=session.group_id)
    return list(rows.values_list("participant__user_id", flat=True))


def not_available(session: GroupSession, accounts: Iterable[UUID]) -> set[UUID]:
    """Whoever is away then; why is not said, and not asked here."""
    people = list(accounts)
    paused = set(Pause.objects.standing().filter(user__in=people).values_list("user", flat=True))
    near = Leave.objects.confirmed().filter(user__in=people).select_related("user")
    away = {
        one.user_id
        for one in near
        if one.first_day <= session.starts_at.astimezone(ZoneInfo(one.user.time_zone)).date() <= one.last_day
    }
    return paused | away


def who_could(cover: Cover, by: User) -> list[User]:
    """Whom a coordinator may ask, by name. Whoever must not lead it is not there, and nothing says so."""
    session, members = cover.session, members_of(cover.session)
    rows: QuerySet[User] = User.objects.filter(roles__role=role_needed(cover), is_active=True)
    rows = rows.exclude(leads__group=session.group_id).exclude(participant__memberships__group=session.group_id)
    people = {one.pk: one for one in rows.distinct() if one.pk != cover.lead_id}
    out = not_available(session, people) | set(met_before(list(people), members))
    out |= {one.holder for one in taken(list(people), [(session.starts_at, session.ends_at)], besides=session.group_id)}
    out |= _apart(people, members) | set(lacking(cover, list(people)))
    out |= set(Cover.objects.filter(session=session, stand_in__isnull=False).values_list("stand_in", flat=True))
    fit = [one for key, one in people.items() if key not in out]
    return sorted(fit, key=lambda one: (not _near(one, session), one.name.casefold()))


def _apart(people: Iterable[UUID], members: list[UUID]) -> set[UUID]:
    known, rows = list(people), KeepApart.objects.in_force()
    one = rows.filter(person__in=known, other__in=members).values_list("person", flat=True)
    other = rows.filter(other__in=known, person__in=members).values_list("other", flat=True)
    return {*one, *other}


def _near(user: User, session: GroupSession) -> bool:
    """Whether they said that they lead in this region, or anywhere."""
    profile = getattr(user, "lead_profile", None)
    return profile is not None and profile.program_region_id in (None, session.group.program_region_id)
