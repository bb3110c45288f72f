"""Somebody thinks of becoming a peer supporter: said, taken back, taken up ([NH] rule 34)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import Participant
from privacy.erasing import delete_rows
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Language
from psp.crypto import keyring
from psp.crypto.normalise import normal_email, normal_name
from psp.crypto.parting import key_goes
from psp.errors import Conflict, DomainError, require
from psp.models import ProgramRegion, User
from supporters.joining.cooling import Earliest, earliest_of
from supporters.joining.former import has_gone_on, same_person
from supporters.joining.permissions import can_drop_interest, can_note_interest, can_say_interest, can_take_up
from supporters.models import Interest
from supporters.reference import settings

NAME_LENGTH, ADDRESS_LENGTH = 80, 254


def begins(user: User) -> Earliest:
    """When a participant can begin at the earliest, over all files that count as theirs."""
    return earliest_of(same_person([user.pk])[user.pk], settings().cooling_off_days)


def interest_of(user: User) -> Interest | None:
    return Interest.objects.filter(user_id=user.pk).first()


@transaction.atomic
def say_interest(*, by: User, name: str, address: str) -> Interest:
    """A participant says so; saying it again changes name and address while nobody has taken it up.

    DomainError: `in_group`, `cooling_off`, `gone_on`, `on_its_way`, `name`, `same_name`, `address`, `same_address`.
    """
    require(can_say_interest(by), "say_interest")
    user: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    _check_open(user)
    file = Participant.objects.select_related("program_region").get(user=user)
    found = Interest.objects.select_for_update(of=("self",)).filter(user=user).first()
    _not_on_its_way(found)
    interest = found or Interest(user=user)
    interest.program_region, interest.language = file.program_region, user.language
    interest.name, interest.address = _another_name(name, user), _another_address(address, user)
    interest.address_taken = False
    interest.save()
    action = Action.CHANGE if found else Action.CREATE
    audit.record(action, interest, person=user.pk, purpose=Purpose.OWN)
    return interest


@transaction.atomic
def note_interest(*, by: User, name: str, address: str, language: str, program_region: ProgramRegion) -> Interest:
    """A supervisor notes it of somebody who takes part in nothing here. The same address twice is one interest.

    DomainError: `name`, `address`, `language`.
    """
    require(can_note_interest(by), "note_interest")
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=by.pk).values_list("pk"))
    if language not in Language.values:
        raise DomainError(_("Choose an answer of the list."), code="language", field="language")
    said = _name(name), _address(address)
    known = _noted_before(by, said[1])
    if known is not None:
        return known
    interest = Interest(noted_by=by, program_region=program_region, language=language)
    keyring.create(interest.pk)
    interest.name, interest.address = said
    interest.save(force_insert=True)
    audit.record(Action.CREATE, interest, purpose=Purpose.CARE)
    return interest


def _noted_before(by: User, address: str) -> Interest | None:
    """What this supervisor noted under the address already, and nobody took up."""
    rows: list[Interest] = list(Interest.objects.filter(noted_by=by, taken_up_at__isnull=True))
    return next((one for one in rows if normal_email(one.address) == normal_email(address)), None)


@transaction.atomic
def take_back_interest(*, interest: Interest, by: User) -> None:
    """At any time until the account is opened, without a reason. Doing it twice is doing it once."""
    found = Interest.objects.select_for_update(of=("self",)).filter(pk=interest.pk).first()
    if found is None:
        return
    require(can_drop_interest(by, found), "take_back_interest")
    purpose = Purpose.OWN if found.user_id == by.pk else Purpose.CARE
    audit.record(Action.DELETE, found, person=found.user_id, purpose=purpose)
    remove(found)


@transaction.atomic
def take_up(*, interest: Interest, by: User) -> Interest:
    """The interest goes on. The account is opened a little later and by nobody (`supporters.joining.services_opening`):
    what the person's own log says has then neither hour nor hand in common with the new account.

    DomainError: `too_early`, where the person is in a group or the time after it has not passed; `taken_up`.
    """
    account = interest.user_id
    if account is not None:
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=account).values_list("pk"))
    found = _locked(interest)
    require(can_take_up(by, found), "take_up_interest")
    _not_on_its_way(found)
    if found.user is not None and not begins(found.user).open(timezone.localdate()):
        # Why is the person's own matter; they read the day on their own page.
        raise DomainError(
            _("It is too early for this person. They see on their own page from when it is possible."), code="too_early"
        )
    found.taken_up_at, found.taken_up_by, found.address_taken = timezone.now(), by, False
    found.save(update_fields=["taken_up_at", "taken_up_by", "address_taken"])
    audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.CARE, fields=("taken_up_at",))
    return found


@transaction.atomic
def leave_it(*, interest: Interest, by: User) -> Interest:
    """Taken up by mistake: it is open again, as long as there is no account yet. Twice is once."""
    found = _locked(interest)
    require(can_take_up(by, found), "take_up_interest")
    if found.taken_up_at is not None:
        found.taken_up_at = found.taken_up_by = None
        found.save(update_fields=["taken_up_at", "taken_up_by"])
        audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.CARE, fields=("taken_up_at",))
    return found


def remove(interest: Interest) -> None:
    """The row goes, and where it had a key of its own, the key after it."""
    own_key = interest.pk if interest.user_id is None else None
    delete_rows(Interest.objects.filter(pk=interest.pk))
    if own_key is not None:
        key_goes(own_key)


def _locked(interest: Interest) -> Interest:
    found: Interest | None = Interest.objects.select_for_update(of=("self",)).filter(pk=interest.pk).first()
    if found is None:
        raise Conflict(_("This interest is not here any more: it was taken back, or it went on."), code="gone")
    return found


def _not_on_its_way(found: Interest | None) -> None:
    if found is not None and found.taken_up_at is not None:
        raise Conflict(_("This interest has been taken up already. Nothing more is needed."), code="on_its_way")


def _check_open(user: User) -> None:
    """Kind, and with a date: nobody is turned away for good."""
    if has_gone_on(user.pk):
        raise DomainError(_("Your interest went on already. You do not have to say it again."), code="gone_on")
    found, today = begins(user), timezone.localdate()
    if found.in_group:
        raise DomainError(
            _("You are in a group now, and it comes first. When it is over, you see here from when you can say so."),
            code="in_group",
        )
    if found.on is not None and found.on > today:
        day = long_date(found.on, reader_language(), article=False)
        raise DomainError(
            _("You can say so from %(day)s. Until then, nothing is lost.") % {"day": day}, code="cooling_off"
        )


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not normal_name(name) or len(name) > NAME_LENGTH:
        raise DomainError(_("Write the name to go by, in at most 80 letters."), code="name", field="name")
    return name


def _address(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise DomainError(
            _("Write an e-mail address, as in name@example.org."), code="address", field="address"
        ) from None
    if len(text.strip()) > ADDRESS_LENGTH:
        raise DomainError(_("Write an e-mail address, as in name@example.org."), code="address", field="address")
    return text.strip()


def _another_name(text: str, user: User) -> str:
    """The names of two accounts can be compared without being read, so one name would put the two together."""
    name = _name(text)
    if normal_name(name) == normal_name(user.name):
        raise DomainError(
            _("Choose another name than the one you use here, so that nobody can put the two together."),
            code="same_name", field="name",
        )  # fmt: skip
    return name


def _another_address(text: str, user: User) -> str:
    address = _address(text)
    if normal_email(address) == normal_email(user.sealed_email):
        raise DomainError(
            _("Choose another address than the one you use here: the new account has one of its own."),
            code="same_address", field="address",
        )  # fmt: skip
    return address
