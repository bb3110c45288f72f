"""An act on several applications in words: what it does, and why it leaves somebody out."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.choices import BulkAction
from intake.models import Application
from intake.rules_bulk import Skip
from intake.services_bulk import Order, Plan

REASONS = {
    Skip.CLOSED: gettext_lazy("nothing is to be done for it any more"),
    Skip.ALREADY: gettext_lazy("it is so already"),
    Skip.OTHER_REGION: gettext_lazy("this coordinator is not responsible for the region"),
    Skip.NO_ADDRESS: gettext_lazy("we have no e-mail address"),
    Skip.DO_NOT_CONTACT: gettext_lazy("the person asked not to be contacted"),
    Skip.NO_CONSENT: gettext_lazy("the person has not agreed to e-mail"),
    Skip.CHANNEL_NOT_SAFE: gettext_lazy("e-mail is not safe for this person"),
    Skip.RECHECK_PASSED: gettext_lazy("the person must first say again how it is safe to reach them"),
}


def doing(order: Order) -> str:
    """The title of the summary."""
    if order.action == BulkAction.WRITE:
        return _("Send a discreet message")
    if order.action == BulkAction.LOOKED:
        return _("Note that somebody looked at them")
    return _("Give to %(name)s") % {"name": order.to.name} if order.to else _("Give back: nobody looks after them")


def sentences_of_skips(found: Plan) -> list[tuple[Application, str]]:
    return [(row, str(REASONS[reason])) for row, reason in found.skipped]
