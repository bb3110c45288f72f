"""An application that a coordinator enters for somebody on the phone: read aloud, answered aloud."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from consent.choices import Manner
from consent.models import Consent
from consent.services import countersign
from intake import sending as arrival
from intake.models import Application
from intake.permissions import can_enter_application
from psp.crypto.fields import digest_for
from psp.errors import DomainError, require
from psp.models import User

ADDRESS_KNOWN = "address_known"


def owner_of(email: str) -> UUID | None:
    """The account that has this address."""
    rows = User.objects.filter(email_index=digest_for(User, "email_index", email)) if email else User.objects.none()
    return rows.values_list("pk", flat=True).first()


@transaction.atomic
def enter_application(*, sending: arrival.Sending, by: User) -> Application:
    """Open a file for the person on the phone, in a region of `by`; entered twice, it is the same application.

    Consents are kept as spoken, with the name of `by` beside each ([NH Annex F] rule 20). The access log names
    `by` as who made the file. DomainError: `address_known`, and as `submit_application`.
    """
    require(can_enter_application(by, sending.region), "enter_application")
    arrival.refuse_unless_eligible(sending)
    sending = replace(sending, sent_key=uuid5(sending.sent_key, str(by.pk)), manner=Manner.SPOKEN)
    arrival.one_at_a_time(sending)
    sent_before, owner = arrival.known(sending)
    if sent_before:
        return arrival.sent_before(sending)
    if owner is not None:
        raise DomainError(
            _("This address has a file already. Look for the person, or enter them without the address."),
            code=ADDRESS_KNOWN, field="email",
        )  # fmt: skip
    application = arrival.open_file(sending)
    for consent in Consent.objects.filter(person=application.person_id).select_related("person"):
        countersign(consent=consent, by=by)
    if sending.contact.email_safe:
        arrival.tell(application.person_id, "application_received", f"received|{application.pk}")
    return application
