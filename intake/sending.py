"""An application arrives: everything is written at once, or nothing is.

Whoever sends it learns the same from us whether the address is known here or not ([security] 13): the same
page, the same work, and one message, which only the owner of the address can read.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import Manner
from consent.models import ConsentVersion
from consent.services import first_signatures, sign
from contact.choices import Channel
from contact.models import SafeContact
from contact.services import first_message, queue_message
from intake.models import Application, EligibilityVersion, IneligibleTally, Participant, Preferences
from intake.rules import Answers, Assessment, Reason, assess
from intake.week import Interval
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.crypto import keyring
from psp.crypto.fields import digest_for
from psp.errors import DomainError, require
from psp.keys.router import KEYS
from psp.models import Region, User
from psp.together import insert_all

LOCK = "pg_advisory_xact_lock(hashtextextended(%s, 0))"
KNOWN = """
SELECT EXISTS (SELECT FROM intake_application WHERE sent_key = %(key)s),
       (SELECT id FROM psp_user WHERE email_index = %(index)s AND %(index)s <> '')
"""


@dataclass(frozen=True, slots=True)
class ContactWishes:
    """How the person says it is safe to reach them. `hours` as in `contact.models.SafeContact`."""

    email: str = ""
    email_safe: bool = False
    phone: str = ""
    call_safe: bool = False
    voicemail_safe: bool = False
    sms_safe: bool = False
    caller_name: str = ""
    name_to_use: str = ""
    hours: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GroupWishes:
    """What would suit the person in a group; fields as in `intake.models_preferences.Preferences`."""

    languages: tuple[str, ...] = ()
    compositions: tuple[str, ...] = ()
    availability: tuple[Interval, ...] = ()
    accessibility: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """One consent text that the person signed with the form."""

    version: ConsentVersion
    ticked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sending:
    """One filled-in form. `sent_key` came with the empty form, so a double click is the same sending.

    `time_zone`: empty for the usual one of the region.
    `look_anyway`: the person was told that a criterion is not met and asks a coordinator to look ([PIA] rule 7).
    """

    sent_key: UUID
    answers: Answers
    services: tuple[str, ...]
    modalities: tuple[str, ...]
    region: Region
    language: str
    name: str
    contact: ContactWishes
    consents: tuple[Signing, ...]
    typed_name: str
    version: EligibilityVersion
    notice_version: int
    wishes: GroupWishes = field(default_factory=GroupWishes)
    time_zone: str = ""
    look_anyway: bool = field(default=False)
    manner: str = Manner.ONLINE


def version_in_force(*, on: date | None = None) -> EligibilityVersion:
    """The eligibility version of today, or of another day. DoesNotExist where there is none."""
    found = EligibilityVersion.objects.in_force(on or timezone.localdate()).first()
    if found is None:
        raise EligibilityVersion.DoesNotExist("no eligibility version is in force")
    return found  # type: ignore[no-any-return]


def check(*, answers: Answers, services: Collection[str] = (), version: EligibilityVersion | None = None) -> Assessment:
    """The form's own check: no decision, and it keeps nothing ([PIA] rule 7)."""
    return assess(answers, (version or version_in_force()).rules, services=services)


@transaction.atomic
def submit_application(*, sending: Sending) -> Application | None:
    """Open a file for somebody who applies; None when the address is known here already.

    Known address: nothing is created or changed, because anybody could have typed it. Its owner gets a message,
    and can apply again from their own pages. The same form sent twice gives the first application back.
    DomainError: `not_eligible` (unless `look_anyway`), `not_answered`, and whatever
    consent and safe contact refuse.
    """
    refuse_unless_eligible(sending)
    # With another address the same form is another sending: a different answer would tell whether the first
    # address was known ([security] 13).
    sending = replace(sending, sent_key=uuid5(sending.sent_key, _index(sending)))
    one_at_a_time(sending)
    was_sent, owner = known(sending)
    if was_sent:
        return sent_before(sending)
    if owner is None:
        with transaction.atomic():  # a savepoint, because the work for nothing has one
            application = open_file(sending)
        tell(application.person_id, "application_received", f"received|{application.pk}")
        return application
    _work_for_nothing(sending)
    # At most once a day, so that nobody can flood a mailbox with somebody's address.
    tell(owner, "already_received", f"again|{owner}|{timezone.localdate():%Y-%m-%d}")
    return None


def refuse_unless_eligible(sending: Sending) -> None:
    assessment = check(answers=sending.answers, services=sending.services, version=sending.version)
    if not assessment.complete:
        raise DomainError(_("Please answer every question."), code="not_answered")
    if not assessment.eligible and not sending.look_anyway:
        raise DomainError(_("One of the criteria is not met."), code="not_eligible")


def one_at_a_time(sending: Sending) -> None:
    """Two clicks, or two tabs with one address, wait for each other. Always in this order: form, then address."""
    names = [f"intake:{name}" for name in (sending.sent_key, _index(sending)) if name]
    with connection.cursor() as cursor:
        # PostgreSQL works through a list of columns from left to right.
        cursor.execute(f"SELECT {', '.join([LOCK] * len(names))}", names)


def _index(sending: Sending) -> str:
    return digest_for(User, "email_index", sending.contact.email)


def known(sending: Sending) -> tuple[bool, UUID | None]:
    """Whether this very form came before, and the account that has the address, if one has."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"key": sending.sent_key, "index": _index(sending)})
        before, owner = cursor.fetchone()
    return before, owner


def sent_before(sending: Sending) -> Application:
    found: Application = Application.objects.select_related("participant__user").get(sent_key=sending.sent_key)
    return found


def open_file(sending: Sending) -> Application:
    """Account, data key, file, safe contact, wishes, consents and application, in one round trip."""
    user = User.objects.new_user(
        kind=Kind.PARTICIPANT, email=sending.contact.email, name=sending.name, language=sending.language,
        time_zone=sending.time_zone or sending.region.time_zone,
    )  # fmt: skip
    participant = Participant(
        user=user, region=sending.region, program_region_id=sending.region.program_region_id,
        modalities=list(sending.modalities),
    )  # fmt: skip
    application, choices = _new_application(participant, sending), _safe_contact(user, sending)
    texts = [(signing.version, signing.ticked) for signing in sending.consents]
    signed = first_signatures(
        person=user, texts=texts, language=sending.language, typed_name=sending.typed_name, manner=sending.manner
    )
    log = [
        audit.entry_for(Action.CREATE, made, person=user.pk, purpose=Purpose.INTAKE) for made in (choices, application)
    ]
    wishes = _preferences(participant, sending.wishes)
    insert_all(user, *user.address_rows(), participant, choices, wishes, application, *signed, *log)
    return application


def _safe_contact(user: User, sending: Sending) -> SafeContact:
    wishes = sending.contact
    choices = SafeContact(
        person=user, email_safe=wishes.email_safe, call_safe=wishes.call_safe, voicemail_safe=wishes.voicemail_safe,
        sms_safe=wishes.sms_safe, caller_name=wishes.caller_name, name_to_use=wishes.name_to_use,
        first_choice=_first_choice(wishes), hours=[list(span) for span in wishes.hours], language=sending.language,
    )  # fmt: skip
    choices.set_phone(wishes.phone)
    return choices


def _first_choice(wishes: ContactWishes) -> str:
    """Until they say otherwise: e-mail, else a text message, else a call."""
    return Channel.EMAIL if wishes.email_safe else Channel.SMS if wishes.sms_safe else Channel.PHONE


def _preferences(participant: Participant, wishes: GroupWishes) -> Preferences:
    return Preferences(
        participant=participant, person_id=participant.user_id, languages=list(wishes.languages),
        compositions=list(wishes.compositions), availability=[list(span) for span in wishes.availability],
        accessibility=wishes.accessibility,
    )  # fmt: skip


def _new_application(participant: Participant, sending: Sending) -> Application:
    return Application(
        participant=participant, sent_key=sending.sent_key, version=sending.version,
        answers=asdict(sending.answers), notice_version=sending.notice_version, services=list(sending.services),
        language=sending.language,
    )  # fmt: skip


@transaction.atomic
def apply_again(*, participant: Participant, sending: Sending, by: User) -> Application:
    """A new application of somebody whose file is here, from their own pages.

    Name, address, region and safe contact stay as they are in the file; ways to meet and consents are new.
    DomainError: `already_applied` while one is open or accepted, and as `submit_application`.
    """
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    require(by.pk == participant.user_id and locked.merged_into_id is None, "apply_again")
    refuse_unless_eligible(sending)
    sending = replace(sending, sent_key=uuid5(sending.sent_key, str(participant.pk)))
    found: Application | None = participant.applications.filter(sent_key=sending.sent_key).first()
    if found is not None:
        return found
    if participant.applications.standing().exists():
        raise DomainError(
            _("We have your application already. You do not have to send it again."), code="already_applied"
        )
    locked.modalities = list(sending.modalities)
    locked.save(update_fields=["modalities"])
    _sign_all(by, sending)
    application = _new_application(participant, sending)
    application.save(force_insert=True)
    audit.record(Action.CREATE, application, person=by.pk, purpose=Purpose.INTAKE)
    queue_message(person=by, template="application_received", key=f"received|{application.pk}", context={})
    return application


def _sign_all(user: User, sending: Sending) -> None:
    for signing in sending.consents:
        sign(
            person=user, version=signing.version, language=sending.language, ticked=signing.ticked,
            typed_name=sending.typed_name,
        )  # fmt: skip


def _work_for_nothing(sending: Sending) -> None:
    """Do for a known address what a new one costs, and undo it: the time taken tells nobody anything."""
    nobody = replace(sending.contact, email=f"{secrets.token_hex(16)}@example.invalid")
    with transaction.atomic(), transaction.atomic(using=KEYS):
        decoy = open_file(replace(sending, sent_key=UUID(int=secrets.randbits(128)), contact=nobody))
        transaction.set_rollback(True)
        transaction.set_rollback(True, using=KEYS)
    keyring.ring().keys.pop(decoy.participant.user_id, None)


def tell(person: UUID, template: str, key: str) -> None:
    """One message, once: the same statement whoever is told, because that too takes time."""
    insert_all(first_message(person=User(pk=person), template=template, key=key), unless_there=True)


@transaction.atomic
def count_ineligible(*, reasons: Iterable[str]) -> None:
    """One more for this month and each criterion that was not met; nothing about the person."""
    month = timezone.localdate().replace(day=1)
    for reason in sorted({Reason(reason) for reason in reasons}):
        IneligibleTally.objects.bulk_create([IneligibleTally(month=month, reason=reason)], ignore_conflicts=True)
        IneligibleTally.objects.filter(month=month, reason=reason).update(count=F("count") + 1)
