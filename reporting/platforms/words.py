"""What is wrong with a table of another platform, in whole sentences that say how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.platforms.file import MOST_REGISTRATIONS, MOST_ROWS, Fault, Personal
from reporting.platforms.personal import Sign

SAYINGS = {
    "empty": gettext_lazy("There is no table. Paste it with its line of headings."),
    "too_big": gettext_lazy("This is too much for one table. Paste a part of it at a time."),
    "too_many_rows": gettext_lazy("There are more than %(rows)s lines. Paste a part of them at a time."),
    "no_rows": gettext_lazy("There are only headings. Paste the lines below them too."),
    "quotes": gettext_lazy("A quotation mark is opened and not closed, or stands within a word. Take it out."),
    "garbled": gettext_lazy("The accents were lost on the way. Save the table as “CSV UTF-8” and open it again."),
    "unknown_column": gettext_lazy(
        "This column has no place here. Take it out: the columns are month, region, registrations, source and remarks."
    ),
    "no_heading": gettext_lazy("This column has no heading. Give it one, or take it out."),
    "column_twice": gettext_lazy("This column is there twice. Keep one of them."),
    "no_month_column": gettext_lazy("There is no column “month”. Each line needs the month that it is about."),
    "no_registrations_column": gettext_lazy("There is no column “registrations”. It holds the number of the month."),
    "too_many_cells": gettext_lazy("This line has more cells than there are headings. Is there a comma in a number?"),
    "no_month": gettext_lazy("The month is missing. Write it as 2026-11."),
    "not_a_month": gettext_lazy("This is not a month. Write it as 2026-11, without a day."),
    "too_old": gettext_lazy("This month is too long ago. Look at the year again."),
    "not_over": gettext_lazy("This month is not over yet. Enter it when it is."),
    "no_number": gettext_lazy("The number is missing. Write 0 if nobody registered."),
    "negative": gettext_lazy("A number of registrations cannot be below zero. Enter how many registered in the month."),
    "not_whole": gettext_lazy("Write a whole number, without a comma or a point: 1234."),
    "not_a_number": gettext_lazy("This is not a number. Write digits only: 1234."),
    "too_large": gettext_lazy("This is more than %(most)s, which cannot be right. Look at it again."),
    "unknown_region": gettext_lazy(
        "This region is not known. Use a name from the list below, or leave it empty for all regions together."
    ),
    "no_source": gettext_lazy("Say where the number comes from, in the table or in the field “Source”."),
    "twice": gettext_lazy("This month and region are there twice. Keep the line that is right."),
    "both_ways": gettext_lazy(
        "This month is there by region and for all regions together, so people would be counted twice. Keep one way."
    ),
}  # fmt: skip
SIGNS = {
    Sign.HEADING: gettext_lazy("its heading speaks of one person"),
    Sign.EMAIL: gettext_lazy("there is an e-mail address in it"),
    Sign.PHONE: gettext_lazy("there is a telephone number in it"),
    Sign.BIRTH: gettext_lazy("there is a date of birth in it"),
    Sign.POSTAL_CODE: gettext_lazy("there is a postal code in it"),
    Sign.NUMBER: gettext_lazy("there is a number in it by which somebody could be found"),
    Sign.NAME: gettext_lazy("there is somebody’s name in it"),
    Sign.LONG: gettext_lazy("there is a long text in it, which may tell of somebody"),
}


def fault_text(fault: Fault) -> str:
    """As in "Line 3, column 2 (registrations): Write a whole number ..."."""
    said = SAYINGS[fault.code] % {"rows": MOST_ROWS, "most": MOST_REGISTRATIONS}
    if not fault.line:
        return said
    words = {"line": fault.line, "column": fault.column, "heading": fault.heading, "said": said}
    if not fault.column:
        return _("Line %(line)s: %(said)s") % words
    if not fault.heading:
        return _("Line %(line)s, column %(column)s: %(said)s") % words
    return _("Line %(line)s, column %(column)s (%(heading)s): %(said)s") % words


def personal_text(found: Personal) -> str:
    """Names the column by its number: its heading may itself be somebody's name."""
    words = {"column": found.column, "sign": SIGNS[found.sign]}
    return (
        _(
            "Column %(column)s looks like personal information: %(sign)s. The table was not kept, not even in part. "
            "Only numbers by month belong here: take the column out and paste the table again."
        )
        % words
    )


def sign_text(sign: Sign) -> str:
    """The same, for one field of a form."""
    return _("This looks like personal information: %(sign)s. It was not kept. Only numbers by month belong here.") % {
        "sign": SIGNS[sign]
    }
