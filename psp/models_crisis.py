"""Whom anybody can call at once: a program setting, because numbers and hours change without the program."""

from __future__ import annotations

import re
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

NUMBER = RegexValidator(r"^\+?[0-9][0-9 ().-]*$", _("Write digits, as in 1-800-268-7708."))
LINK = URLValidator(schemes=["https"])


class CrisisLine(models.Model):
    """A line as people read it. `hours` are [weekday, begin, end] in minutes by the clock of `time_zone`; none is day
    and night. `regions` are provinces; none is everywhere. Never deleted: what is not offered is switched off."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    what_en = models.CharField(_("what they do, in English"), max_length=300)
    what_fr = models.CharField(_("what they do, in French"), max_length=300)
    phone = models.CharField(_("number to call"), max_length=24, blank=True, validators=[NUMBER])
    tty = models.CharField(_("number for TTY"), max_length=24, blank=True, validators=[NUMBER])
    sms = models.CharField(_("number for text messages"), max_length=24, blank=True, validators=[NUMBER])
    sms_note_en = models.CharField(_("what to text, in English"), max_length=120, blank=True)
    sms_note_fr = models.CharField(_("what to text, in French"), max_length=120, blank=True)
    chat_en = models.CharField(_("chat in English (link)"), max_length=200, blank=True, validators=[LINK])
    chat_fr = models.CharField(_("chat in French (link)"), max_length=200, blank=True, validators=[LINK])
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True, verbose_name=_("only in"))
    hours = models.JSONField(_("hours"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Toronto")
    active = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("crisis line")
        verbose_name_plural = _("crisis lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(sms="") | ~Q(chat_en="", chat_fr=""), name="crisis_line_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return self.code


def number_link(number: str, scheme: str = "tel") -> str:
    """What a phone dials: with the country's code where it is a whole number, as it stands where it is a short one."""
    digits = re.sub(r"\D", "", number)
    whole = number.startswith("+") or len(digits) == 11
    if len(digits) == 10:
        whole, digits = True, f"1{digits}"
    return f"{scheme}:{'+' if whole else ''}{digits}" if digits else ""
