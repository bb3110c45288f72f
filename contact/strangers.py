"""A neutral message to an address of which nobody knows yet whose it is.

`contact.delivery` writes to people, by the ways that they marked as safe. Here somebody typed an address a moment
ago and waits for a code: no name, no explicit text, nothing that is kept.
"""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from contact import smtp
from contact.carrier import OutcomeUnknownError
from contact.letters import content_of
from contact.models import MessageTemplate
from contact.wording import WordingError, compose
from psp.logs import get_logger

log = get_logger(__name__)


def write_to(*, email: str, template: str, language: str, values: dict[str, str], reference: UUID) -> bool:
    """Word this template and hand it over, once. False when it did not go, or when nobody can know."""
    try:
        message = _worded(email, template, language, values, reference)
        get_connection("contact.smtp.Backend").send_messages([message])
    except (WordingError, OutcomeUnknownError, OSError, ValueError) as error:
        log.warning("message_to_stranger_not_sent", ids=str(reference), error=type(error).__name__)
        return False
    return True


def _worded(email: str, template: str, language: str, values: dict[str, str], reference: UUID) -> EmailMessage:
    """WordingError where the text is not neutral: `compose` runs the template through its lint."""
    content = content_of(MessageTemplate.objects.get(code=template))
    words = compose(content, template, language, values)
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=words.subject, body=words.text, from_email=formataddr((words.sender, address)), to=[email],
        headers={"Message-ID": f"<{reference}@{smtp.neutral_domain()}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
