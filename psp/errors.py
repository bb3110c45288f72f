"""Failures that a person can understand and mend.

Services raise these; `psp.middleware.ErrorsMiddleware` turns them into a page, and a view that has
a form at hand turns them into a form error, with what was typed kept.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from psp.logs import get_logger

log = get_logger(__name__)


class DomainError(Exception):
    """A rule of the program says no. `message` is a whole sentence for the reader, saying how to mend it.

    `code` names the rule for logs and tests; `field` is the form field that it belongs to, if any.
    """

    status = 409

    def __init__(self, message: Any, *, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.message = message
        self.code = code
        self.field = field


class Conflict(DomainError):
    """Somebody else changed the same thing meanwhile."""


class Forbidden(PermissionDenied):
    """The object may be seen, the action is not for this person (403). `code` names the rule."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require(allowed: bool, code: str) -> None:
    """Raise Forbidden unless `allowed`."""
    if not allowed:
        raise Forbidden(code)


def add_to_form(form: Any, error: DomainError) -> None:
    """Show a domain error at its field, or at the top of the form; noted in the log by its code alone."""
    log.info("refused", code=error.code)
    field = error.field if error.field in form.fields else None
    form.add_error(field, error.message)


def constraint_name(error: BaseException) -> str:
    """Name of the database's constraint or trigger that refused, "" if it gave none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
