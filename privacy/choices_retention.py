"""Kinds of records that are kept for a time, what becomes of them, and how a disposal comes about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordType(models.TextChoices):
    """What a rule is about. A whole file goes at once; the others go row by row."""

    FILE = "file", _("A person's whole file")
    TEAM = "team", _("The whole file of somebody who worked here")
    MESSAGE = "message", _("Texts of messages that went out")
    HISTORY = "history", _("Earlier states of records")
    ACCESS_LOG = "access_log", _("The access log")
    PAY = "pay", _("Hours that were handed to pay")


# Listed file by file, decided about once more at the last moment, and destroyed with the person's key.
WHOLE_FILES = frozenset({RecordType.FILE, RecordType.TEAM})


class Clock(models.TextChoices):
    """What the time is counted from."""

    FILE = "file", _("The last administrative use of the person's file")
    LEFT = "left", _("The end of the person's work here, or a later use of their file")
    RECORD = "record", _("The last use of the record itself")
    YEAR = "year", _("The end of the year in which it was handed to pay")


class Disposal(models.TextChoices):
    ANONYMISE = "anonymise", _("Take out what was written")
    DESTROY_KEY = "destroy_key", _("Destroy the person's key and what identifies them")
    DELETE = "delete", _("Delete")


class BatchState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("disposal", "Proposed")
    PREPARED = "prepared", pgettext_lazy("disposal", "Waits for a second person")
    APPROVED = "approved", pgettext_lazy("disposal", "Being carried out")
    DONE = "done", pgettext_lazy("disposal", "Carried out")
    DROPPED = "dropped", pgettext_lazy("disposal", "Not carried out")


class ItemState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("disposal of a record", "Waits")
    DISPOSED = "disposed", pgettext_lazy("disposal of a record", "Disposed of")
    HELD = "held", pgettext_lazy("disposal of a record", "A hold keeps it")
    USED = "used", pgettext_lazy("disposal of a record", "Was used again")


# From "approved" on it is only ever carried out.
BATCH_TRANSITIONS: dict[BatchState, frozenset[BatchState]] = {
    BatchState.PROPOSED: frozenset({BatchState.PREPARED, BatchState.APPROVED, BatchState.DROPPED}),
    BatchState.PREPARED: frozenset({BatchState.APPROVED, BatchState.DROPPED}),
    BatchState.APPROVED: frozenset({BatchState.DONE}),
    BatchState.DONE: frozenset(),
    BatchState.DROPPED: frozenset(),
}
STANDING = (BatchState.PROPOSED, BatchState.PREPARED, BatchState.APPROVED)
