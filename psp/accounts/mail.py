"""Mail that signing in needs. The app that can reach people registers itself; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from psp.logs import get_logger

if TYPE_CHECKING:
    from psp.models import User

log = get_logger(__name__)


class Letter(StrEnum):
    """What is sent: a code to sign in with, or a link to choose a password."""

    SIGN_IN_CODE = "sign_in_code"
    PASSWORD_LINK = "password_link"  # noqa: S105  # nosec B105 - the name of a letter


# sender(user, kind, code, link): puts the letter in the outbox; `code` or `link` is empty.
Sender = Callable[["User", str, str, str], object]
_senders: list[Sender] = []


def register_sender(sender: Sender) -> None:
    """Called by the app that sends, when it is ready. The last one counts."""
    _senders.append(sender)


def send(user: User, kind: Letter, *, code: str = "", link: str = "") -> None:
    """Hand a letter to the registered sender, in the current transaction."""
    if not _senders:
        log.error("no_sender", kind=kind.value)
        return
    _senders[-1](user, kind.value, code, link)
