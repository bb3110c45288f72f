"""Noting who must never be put together, and finding out who a noted name may be ([NH] rule 24)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.choices import ApartEndReason, MatchState
from intake.models import KeepApart, NameKey, NameMatch, Participant
from intake.names import Closeness, exact_form, noted_forms, person_forms
from intake.permissions import can_keep_apart, can_note_apart
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.crypto import keyring
from psp.errors import DomainError, constraint_name, require
from psp.models import User

# Noting a name and taking in new people wait for each other, so that neither misses the other.
NAMES_LOCK = 0x50535032
BATCH = 500


@transaction.atomic
def note_apart(*, participant: Participant, by: User, other: User | None = None, name: str = "") -> KeepApart:
    """`participant` must never meet `other`, or whoever has this name. Matches are proposed at once.

    A file that became part of another one counts for nobody, on either side: the pair is noted for the one that
    took it up. DomainError: `nobody_named`, `apart_from_self`, `apart_already`, `not_in_region`.
    """
    files = _locked_files([participant.user_id, other.pk] if other else [participant.user_id])
    participant, other = _standing(files[participant.user_id]), other and _standing_account(other, files)
    # Two clicks wait for each other.
    participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    require(can_note_apart(by, participant), "note_apart")
    _check_other(participant, other, name, by)
    apart = KeepApart(
        person_id=participant.user_id, other=other, name="" if other else name.strip(),
        program_region_id=participant.program_region_id, noted_by=by,
    )  # fmt: skip
    _save_once(apart)
    _note(Action.CREATE, apart)
    if other is None:
        _lock_names()
        _write_keys(apart=apart, names=[name], forms=noted_forms(name))
        _propose_for_name(apart)
    return apart


def _check_other(participant: Participant, other: User | None, name: str, by: User) -> None:
    if other is None and not exact_form(name):
        raise DomainError(_("Write a name or a reference, or choose somebody."), code="nobody_named", field="text")
    if other is None:
        names = KeepApart.objects.in_force().filter(person=participant.user_id, other__isnull=True)
        if any(exact_form(row.name) == exact_form(name) for row in names):
            raise DomainError(_("This is noted already. Nothing was changed."), code="apart_already", field="text")
        return
    if other.pk == participant.user_id:
        raise DomainError(_("This is the same person. Name the other one."), code="apart_from_self", field="text")
    known = Participant.objects.in_regions_of(by).filter(user=other).exists() or other.kind != Kind.PARTICIPANT
    if not known:
        raise DomainError(_("Nobody in your regions has this reference."), code="not_in_region", field="text")
    if KeepApart.objects.between(participant.user_id, [other.pk]).exists():
        raise DomainError(_("This is noted already. Nothing was changed."), code="apart_already", field="text")


def _save_once(apart: KeepApart) -> None:
    try:
        with transaction.atomic():
            apart.save()
    except IntegrityError as error:
        if constraint_name(error) != "keep_apart_once":
            raise
        raise DomainError(
            _("This is noted already. Nothing was changed."), code="apart_already", field="text"
        ) from error


@transaction.atomic
def end_apart(*, apart: KeepApart, reason: str, by: User) -> KeepApart:
    """It does not hold any more, for a reason from the list. Ending it twice changes nothing.

    DomainError: `no_reason`.
    """
    apart = KeepApart.objects.select_for_update(of=("self",)).get(pk=apart.pk)
    require(can_keep_apart(by, apart), "end_apart")
    if reason not in ApartEndReason.values:
        raise DomainError(_("Choose a reason."), code="no_reason", field="reason")
    if apart.ended_at is None:
        apart.ended_at, apart.ended_by, apart.end_reason = timezone.now(), by, reason
        apart.save()
        apart.keys.all().delete()
        _note(Action.CHANGE, apart)
    return apart


@transaction.atomic
def decide_match(*, match: NameMatch, same: bool, by: User) -> NameMatch:
    """A coordinator says whether the noted name is this account's; if so, the pair holds from now on.

    DomainError: `match_decided`, `apart_already`.
    """
    files = _locked_files([match.user_id])
    apart = KeepApart.objects.select_for_update(of=("self",)).get(pk=match.apart_id)
    require(can_keep_apart(by, apart), "decide_match")
    match = NameMatch.objects.select_related("user").get(pk=match.pk)
    if match.state != MatchState.OPEN or apart.other_id is not None:
        raise DomainError(_("This is decided already. Look at the list as it is now."), code="match_decided")
    if same:
        apart.other = _standing_account(match.user, files)
        _save_once(apart)
        apart.keys.all().delete()
    match.state = MatchState.SAME if same else MatchState.OTHER
    match.decided_by, match.decided_at = by, timezone.now()
    match.save()
    _note(Action.CHANGE, apart)
    return match


def _locked_files(accounts: list[UUID]) -> dict[UUID, Participant]:
    """Files of these accounts, locked in order: whoever merges one of them waits, and comes after what is noted."""
    rows = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return {row.user_id: row for row in rows.filter(user__in=accounts).order_by("pk")}


def _standing_account(user: User, files: dict[UUID, Participant]) -> User:
    """Itself where it has no file, as those have who lead."""
    return _standing(files[user.pk]).user if user.pk in files else user


def _standing(file: Participant) -> Participant:
    """The file that counts, where this one became part of another."""
    while file.merged_into is not None:
        file = file.merged_into
    return file


def _note(action: Action, apart: KeepApart) -> None:
    """In the log of the person under whose file it stands, without the row: the two sides cannot be joined there."""
    audit.record(action, KeepApart, person=apart.person_id, purpose=Purpose.INTAKE)


# --- Names ---


def match_new_names() -> int:
    """Take in the names of accounts that are new or have another name, and propose matches; how many accounts.

    Run by beat, not when an application arrives: its answer must not take longer for a name that was noted.
    """
    done = 0
    with transaction.atomic():
        _lock_names()
        for user in _to_take_in():
            _take_in(user)
            done += 1
    return done


def _to_take_in() -> Iterable[User]:
    known = NameKey.objects.filter(user=OuterRef("pk"), of=OuterRef("name_index"))
    people = User.objects.filter(~Q(name_index=""), ~Exists(known), kind__in=[Kind.PARTICIPANT, Kind.SUPPORTER])
    return people.select_related("participant").order_by("date_joined", "pk")[:BATCH]


def _take_in(user: User) -> None:
    names = [user.name, *(consent.typed_name for consent in user.consents.standing() if not user.made_by_demo)]
    forms = frozenset[str]().union(*(person_forms(name) for name in names))
    NameKey.objects.filter(user=user).delete()
    _write_keys(user=user, names=names, forms=forms, of=user.name_index)
    _propose_for_account(user)


def _write_keys(
    *, names: Iterable[str], forms: Iterable[str], user: User | None = None, apart: KeepApart | None = None,
    of: str = "",
) -> None:  # fmt: skip
    exact = {exact_form(name) for name in names} - {""}
    digests = [(Closeness.EXACT, _digest(Closeness.EXACT, form)) for form in sorted(exact)]
    digests += [(Closeness.CLOSE, _digest(Closeness.CLOSE, form)) for form in sorted(forms)]
    NameKey.objects.bulk_create(
        NameKey(user=user, apart=apart, form=form, digest=digest, of=of) for form, digest in digests
    )


def _digest(kind: Closeness, form: str) -> str:
    return keyring.index_of(form, column=f"intake.namekey.{kind}", kind="name")


def _propose_for_name(apart: KeepApart) -> None:
    """Participants of the region and everybody who may lead, whose name meets the noted one."""
    digests = apart.keys.values("digest")
    here = Q(user__participant__program_region=apart.program_region_id) | Q(user__kind=Kind.SUPPORTER)
    found = NameKey.objects.filter(here, digest__in=digests).exclude(user_id=apart.person_id)
    _propose((apart.pk, user, form) for user, form in found.values_list("user_id", "form"))


def _propose_for_account(user: User) -> None:
    digests = NameKey.objects.filter(user=user).values("digest")
    noted = KeepApart.objects.in_force().filter(other__isnull=True).exclude(person=user)
    found = NameKey.objects.filter(apart__in=noted, digest__in=digests)
    if user.kind == Kind.PARTICIPANT:
        found = found.filter(apart__program_region=user.participant.program_region_id)
    _propose((apart, user.pk, form) for apart, form in found.values_list("apart_id", "form"))


def _propose(found: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Exact beats close; what was proposed before stays as it was decided."""
    best: dict[tuple[UUID, UUID], str] = {}
    for apart, user, form in found:
        best[apart, user] = max(form, best.get((apart, user), ""))
    NameMatch.objects.bulk_create(
        [NameMatch(apart_id=apart, user_id=user, closeness=form) for (apart, user), form in best.items()],
        ignore_conflicts=True,
    )


def _lock_names() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NAMES_LOCK])
