"""Every change of a group, its members and its leads.

Locks are always taken in the order participant → group, so that two changes at once wait and never block
each other. The database's triggers judge size and closure once more, for every writer.
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.lint import neutral_violations
from groups import hooks, invited, may_lead, permissions
from groups.choices import RUNNING, TRANSITIONS, GroupKind, GroupState, LeadRole, MembershipState
from groups.dates import check_free
from groups.models import GroupLead, KindSetting, Membership, PeerGroup
from groups.refusals import KNOWN_APART, SENTENCES, judged, refusal
from groups.rules import DEFAULTS, Kind, KindSettings, Refusal, may_add, may_establish
from intake.choices import Composition
from intake.models import KeepApart, Participant
from intake.services_waiting import take_place, wait_again
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Language, Role
from psp.errors import Conflict, DomainError, require
from psp.models import ProgramRegion, Region, User
from psp.sight import sight_of
from supporters.joining.former import met_before

ROLE_OF_LEAD = {LeadRole.FACILITATOR: Role.SUPPORTER, LeadRole.CLINICIAN: Role.CLINICIAN}


@transaction.atomic
def create_group(
    *, by: User, kind: str, program_region: ProgramRegion, region: Region, language: str, modality: str,
    name_en: str, name_fr: str, starts_on: date, start_time: time, time_zone: str, session_count: int | None = None,
    composition: str = Composition.ANY,
) -> PeerGroup:  # fmt: skip
    """A new group being formed, with the sizes and counts that its kind has now ([PIA] rule 12).

    `session_count` None takes the kind's setting. DomainError: `session_count`, `region_elsewhere`,
    `name_not_neutral`; Forbidden outside the coordinator's regions.
    """
    require(permissions.can_create_group(by, program_region.code), "create_group")
    setting = KindSetting.objects.get(kind=kind)
    count = setting.session_count if session_count is None else session_count
    if count != setting.session_count:
        _check_count(kind, count)
    _check_place_and_names(program_region, region, {"name_en": name_en, "name_fr": name_fr})
    group = PeerGroup(
        kind=kind, program_region=program_region, region=region, language=language, modality=modality,
        name_en=name_en.strip(), name_fr=name_fr.strip(), starts_on=starts_on, start_time=start_time,
        time_zone=time_zone, created_by=by, session_count=count, min_size=setting.min_size,
        max_size=setting.max_size, minutes=setting.minutes, weeks_apart=setting.weeks_apart,
        facilitators=setting.facilitators, composition=composition,
    )  # fmt: skip
    with judged():
        group.save(force_insert=True)
    audit.record(Action.CREATE, group, purpose=Purpose.GROUPS)
    return group


def _check_count(kind: str, count: int) -> None:
    allowed = DEFAULTS[Kind(kind)]
    if not allowed.allows_sessions(count):
        message = _("This kind of group has from %(least)d to %(most)d sessions. Choose a number between them.")
        numbers = {"least": allowed.min_sessions, "most": allowed.max_sessions}
        raise DomainError(message % numbers, code="session_count", field="session_count")


def _check_place_and_names(program_region: ProgramRegion, region: Region, names: dict[str, str]) -> None:
    if region.program_region_id != program_region.code:
        message = _("This province or territory belongs to another program region. Choose one of this region.")
        raise DomainError(message, code="region_elsewhere", field="region")
    for field, language in (("name_en", Language.EN), ("name_fr", Language.FR)):
        check_neutral(names[field], language, field)


def check_neutral(name: str, language: str, field: str) -> None:
    """A group's name stands in people's mail and calendars: it must tell nothing ([domain] rule 25)."""
    telling = neutral_violations(name, language)
    if telling:
        message = _("This name would give away what it is about (%(words)s). Choose a plain one, such as a weekday.")
        raise DomainError(message % {"words": ", ".join(telling)}, code="name_not_neutral", field=field)


@transaction.atomic
def add_member(*, group: PeerGroup | UUID, participant: Participant | UUID, by: User) -> Membership:
    """Give a place in the group to someone who was accepted for this kind of service and agrees to take part.

    DomainError: `closed`, `ended`, `full`, `membership_once`, `not_accepted`, `no_consent`, `leads_this_group`,
    `membership_kept_apart`.
    """
    person = locked_participant(participant)
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), "add_member")
    require(permissions.can_place_participant(by, person), "add_member")
    return give_place(locked, person, by=by)


def give_place(group: PeerGroup, person: Participant, *, by: User | None) -> Membership:
    """The place itself, with every rule, and what was offered is settled with it.

    Who calls holds both locks and has asked whether `by` may. DomainError as for `add_member`.
    """
    earlier = Membership.objects.filter(group=group, participant=person).first()
    _check_place(group, person, earlier, by)
    invited.settle(group, person, by=by)
    member = earlier or Membership(group=group, participant=person)
    member.state, member.joined_at, member.left_at = MembershipState.MEMBER, timezone.now(), None
    with judged(minimum=group.min_size):
        member.save()
    take_place(person, group.kind)
    audit.record(Action.CREATE, member, person=person.user_id, purpose=Purpose.GROUPS)
    return member


def _check_place(group: PeerGroup, person: Participant, earlier: Membership | None, by: User | None) -> None:
    if earlier is not None and earlier.state == MembershipState.MEMBER:
        raise DomainError(SENTENCES["membership_once"], code="membership_once")
    check_room(group, person)
    check_may_join(group, person)
    check_company(group, person, by)
    check_free(group, person.user_id, by)


def check_room(group: PeerGroup, person: Participant) -> None:
    """Whether one more may come in; places that are kept for others count as taken.

    DomainError: `closed`, `ended`, `full`, `places_kept`.
    """
    size, settings = Membership.objects.active().filter(group=group).count(), settings_of(group)
    for reason in may_add(group.state, size, settings):
        raise refusal(reason)
    if may_add(group.state, size + invited.kept_for_others(group, person), settings):
        raise DomainError(SENTENCES["places_kept"], code="places_kept")


def people_of(group: PeerGroup) -> list[UUID]:
    """Accounts of the present members, of those who lead, and of everybody who is asked to be one of them."""
    members = Membership.objects.active().filter(group=group).values_list("participant__user_id", flat=True)
    leads = GroupLead.objects.filter(group=group).values_list("user_id", flat=True)
    return [*members, *leads, *invited.accounts(group)]


def check_apart(user_id: UUID, others: list[UUID], by: User | None, code: str) -> None:
    """[NH] rule 24. Whoever may not know of it learns only that this group is not the one."""
    found = KeepApart.objects.between(user_id, others)
    if found.visible_to(by).exists():
        raise DomainError(KNOWN_APART, code=code)
    if found.exists():
        raise DomainError(SENTENCES[code], code=code)


def check_company(group: PeerGroup, person: Participant, by: User | None) -> None:
    """Whether this person may meet everybody of the group, also as whom they were before they led ([NH] rules 24, 34).
    The latter is the check's alone: whoever else is refused for it reads the sentence that has many reasons.
    """
    others = people_of(group)
    check_apart(person.user_id, others, by, "membership_kept_apart")
    if met_before(others, [person.user_id]):
        raise DomainError(SENTENCES["membership_kept_apart"], code="membership_kept_apart")


def check_may_join(group: PeerGroup, person: Participant) -> None:
    """Asked after the person's row was locked: a withdrawal waits for us, or we see it."""
    here = Participant.objects.filter(pk=person.pk)
    if not here.taking_part().exists():
        message = _("This person does not agree to taking part at the moment, so there is no place to give.")
        raise DomainError(message, code="no_consent", field="participant")
    if not here.accepted_for(group.kind).exists():
        message = _("This person is not accepted for this kind of group. Decide on the application first.")
        raise DomainError(message, code="not_accepted", field="participant")
    if GroupLead.objects.filter(group=group, user_id=person.user_id).exists():
        message = _("This person leads this group, so cannot be a member of it. Choose another group.")
        raise DomainError(message, code="leads_this_group", field="participant")


@transaction.atomic
def leave_group(*, membership: Membership | UUID, by: User) -> Membership:
    """End someone's place, for the person or for a coordinator. No reason is asked. Leaving twice changes nothing."""
    found = Membership.objects.select_related("participant").get(pk=_key(membership))
    locked_participant(found.participant_id)
    group = locked_group(found.group_id)
    member: Membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("participant").get(pk=found.pk)
    )
    member.group = group
    require(permissions.can_leave_group(by, member), "leave_group")
    if member.state == MembershipState.MEMBER:
        _end(member, by=by)
    return member


@transaction.atomic
def end_memberships(*, user: User, by: User) -> int:
    """End every place of this account at once, because consent to taking part was withdrawn. Returns how many."""
    person = Participant.objects.select_for_update(of=("self",), no_key=True).filter(user=user).first()
    if person is None:
        return 0
    places = Membership.objects.active().filter(participant=person).order_by("group_id")
    for member in places:
        member.group = locked_group(member.group_id)
        member.participant = person
        _end(member, by=by)
    return len(places)


def _end(member: Membership, *, by: User) -> None:
    member.state, member.left_at, member.shared_needs = MembershipState.LEFT, timezone.now(), []
    member.save()
    audit.record(Action.CHANGE, member, person=member.person_id, purpose=Purpose.GROUPS, fields=("state",))
    if member.group.state in RUNNING:
        _back_to_the_list(member, member.group)
    hooks.left(member, by=by)


def _back_to_the_list(member: Membership, group: PeerGroup) -> None:
    """Without a place in another group of this kind, the person waits again."""
    others = Membership.objects.active().filter(participant_id=member.participant_id, group__kind=group.kind)
    if not others.exclude(group=group).exclude(group__state=GroupState.CANCELLED).exists():
        wait_again(member.participant_id, group.kind)


@transaction.atomic
def add_lead(*, group: PeerGroup | UUID, user: User, role: str, by: User) -> GroupLead:
    """Let this account lead the group. DomainError: `lead_role`, `member_of_group`, `lead_once`, `ended`, and
    `may_not_lead` or `lead_kept_apart` (`groups.may_lead`)."""
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), "add_lead")
    return give_lead(group=locked, user=user, role=role, by=by)


def give_lead(*, group: PeerGroup, user: User, role: str, by: User | None) -> GroupLead:
    """Leading itself, for whoever has asked whether `by` may: the group's row is locked. DomainError as `add_lead`."""
    check_may_lead(group, user, role, by)
    invited.settle_lead(group, user, by=by)
    lead = GroupLead(group=group, user=user, role=role)
    with judged():
        lead.save(force_insert=True)
    audit.record(Action.CREATE, lead, person=user.pk, purpose=Purpose.GROUPS)
    return lead


def check_may_lead(group: PeerGroup, user: User, role: str, by: User | None) -> None:
    """DomainError as for `add_lead`; who leads already is asked nothing anew by anybody."""
    _check_running(group)
    if not (user.is_active and sight_of(user).has(ROLE_OF_LEAD[LeadRole(role)])):
        message = _("This account does not have the role that leading needs. Ask an administrator to give it.")
        raise DomainError(message, code="lead_role", field="user")
    if Membership.objects.filter(group=group, participant__user=user).exists():
        message = _("This person is or was a member of this group, so cannot lead it. Choose someone else.")
        raise DomainError(message, code="member_of_group", field="user")
    may_lead.check(group, user, role, by)
    check_free(group, user.pk, by)


@transaction.atomic
def remove_lead(*, lead: GroupLead, by: User) -> bool:
    """This account no longer leads the group; False where it did not any more, as at the second press. DomainError:
    `ended`, `last_lead` once it is established."""
    locked = locked_group(lead.group_id)
    require(permissions.can_manage_group(by, locked), "remove_lead")
    if not GroupLead.objects.filter(pk=lead.pk).exists():
        return False
    _check_running(locked)
    others = GroupLead.objects.filter(group=locked, role=LeadRole.FACILITATOR).exclude(pk=lead.pk)
    if locked.state == GroupState.ESTABLISHED and lead.role == LeadRole.FACILITATOR and not others.exists():
        message = _("An established group needs someone who leads it. Add another facilitator first.")
        raise DomainError(message, code="last_lead")
    audit.record(Action.DELETE, lead, person=lead.user_id, purpose=Purpose.GROUPS)
    lead.delete()
    return True


def _check_running(group: PeerGroup) -> None:
    if group.state in (GroupState.COMPLETED, GroupState.CANCELLED):
        raise refusal(Refusal.ENDED)


@transaction.atomic
def establish(*, group: PeerGroup | UUID, by: User, revision: int | None = None) -> PeerGroup:
    """Close the group's door and let it begin ([PIA] rule 8).

    DomainError: `too_few`, `too_many`, `too_few_facilitators`; Conflict: `stale` where `revision` is not the
    group's own any more.
    """
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), "establish")
    _check_revision(locked, revision)
    _check_transition(locked, GroupState.ESTABLISHED)
    settings = settings_of(locked)
    size = Membership.objects.active().filter(group=locked).count()
    leads = GroupLead.objects.filter(group=locked, role=LeadRole.FACILITATOR).count()
    for reason in may_establish(size, settings, facilitators=leads):
        raise refusal(reason, minimum=settings.min_size if reason == Refusal.TOO_FEW else settings.facilitators)
    locked.established_at = timezone.now()
    if settings.closed:
        invited.end_open(locked, by=by)
    _move(locked, GroupState.ESTABLISHED)
    hooks.established(locked, by=by)
    return locked


@transaction.atomic
def complete(*, group: PeerGroup | UUID, by: User, revision: int | None = None) -> PeerGroup:
    """The group has held its sessions and is over."""
    return _finish(group, GroupState.COMPLETED, by, revision)


@transaction.atomic
def cancel(*, group: PeerGroup | UUID, by: User, revision: int | None = None) -> PeerGroup:
    """The group does not take place, or not any more. Its members wait again."""
    return _finish(group, GroupState.CANCELLED, by, revision)


def _finish(group: PeerGroup | UUID, state: GroupState, by: User, revision: int | None) -> PeerGroup:
    members = Membership.objects.active().filter(group=_key(group))
    if state == GroupState.CANCELLED:
        list(
            Participant.objects.select_for_update(of=("self",), no_key=True)
            .filter(memberships__in=members)
            .order_by("pk")
        )
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), str(state))
    _check_revision(locked, revision)
    _check_transition(locked, state)
    invited.end_open(locked, by=by)
    _move(locked, state)
    if state == GroupState.CANCELLED:
        for member in members:
            _back_to_the_list(member, locked)
    hooks.ended(locked, by=by)
    return locked


def _move(group: PeerGroup, state: GroupState) -> None:
    group.state = state
    group.revision += 1
    with judged(minimum=group.min_size):
        group.save()
    audit.record(Action.CHANGE, group, purpose=Purpose.GROUPS, fields=("state",))


def _check_transition(group: PeerGroup, state: GroupState) -> None:
    if state not in TRANSITIONS[GroupState(group.state)]:
        raise Conflict(SENTENCES["group_never_back"], code="group_never_back")


def _check_revision(group: PeerGroup, revision: int | None) -> None:
    if revision is not None and revision != group.revision:
        raise Conflict(SENTENCES["group_never_back"], code="stale")


def settings_of(group: PeerGroup) -> KindSettings:
    """The group's own sizes and counts as the pure rules want them."""
    defaults = DEFAULTS[Kind(GroupKind(group.kind).value)]
    return KindSettings(
        group.min_size, group.max_size, group.session_count, group.session_count, group.minutes,
        facilitators=group.facilitators, closed=defaults.closed,
    )  # fmt: skip


def locked_group(group: PeerGroup | UUID) -> PeerGroup:
    found: PeerGroup = PeerGroup.objects.select_for_update(of=("self",)).get(pk=_key(group))
    return found


def locked_participant(participant: Participant | UUID) -> Participant:
    found: Participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=_key(participant))
    return found


def _key(item: PeerGroup | Participant | Membership | UUID) -> UUID:
    return item if isinstance(item, UUID) else item.pk
