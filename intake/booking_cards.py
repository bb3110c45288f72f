"""What booking puts on other pages: the person's first page, the desk's front page, the file, the navigation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import availability, booking_pages, desk, desk_lines, portal
from intake.choices import ApplicationState, CallWay, HoursFor
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Application, MeetingWish, Participant, ShortCall
from intake.services_booking import changes_left
from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.choices import Role
from psp.content import in_language, load
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User

SHOWN = 5
DAY = timedelta(days=1)


def my_meeting(request: HttpRequest) -> dict[str, Any] | None:
    """On the person's first page: the meeting that is set, or how to get one."""
    participant = Participant.objects.visible_to(request.user).filter(user=request.user).first()
    application = portal.last_application(participant) if participant else None
    if application is None or application.state not in (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET):
        return None
    found = portal.meeting_of(application)
    if found is not None:
        return {"when": portal.when(found.starts_at, account(request))}
    region = application.participant.program_region_id
    times = bool(changes_left(application) and availability.open_times(region, HoursFor.MEETING))
    return {
        "times": times, "wish": MeetingWish.objects.filter(application=application).exists(),
        "next_step": choose_step() if times else None,
    }  # fmt: skip


def choose_step() -> dict[str, str]:
    return {
        "title": _("The next step is to meet a coordinator, at a time that you choose."),
        "text": _("Choose one below when it suits you. There is no hurry."),
    }


def _wishes(reader: User) -> QuerySet[Any]:
    people = Participant.objects.in_regions_of(reader)
    return MeetingWish.objects.filter(
        application__participant__in=people, application__state=ApplicationState.SUBMITTED
    )


WISHES = Question(
    lambda reader: _wishes(reader).order_by("at").values_list(
        "application_id", "at", *desk_lines.columns("application__participant__"))[:SHOWN],
)  # fmt: skip
WISHES_IN_ALL = Question(lambda reader: _wishes(reader).order_by().values_list("pk"), of="count(*)")


def wishes(_request: HttpRequest, first: Rows, in_all: Rows) -> dict[str, Any] | None:
    """On the desk: who asked for another time and has none yet, the longest waiting first."""
    if not first:
        return None
    audit.record_reads_of(Application, [(row[0], row[3]) for row in first], purpose=Purpose.INTAKE)
    ((count,),) = in_all
    return {"count": count, "people": [desk_lines.of(row[2:], desk.waiting_text(row[1])) for row in first]}


HOW = {
    CallWay.PHONE: gettext_lazy("The person calls you"),
    CallWay.VIDEO: gettext_lazy("The person opens your video link"),
    CallWay.CALL_BACK: gettext_lazy("Call the person, and leave no voicemail"),
}


def call_back_script(language: str) -> dict[str, str]:
    """What is said to whoever answers, until they have said the word; in the language of the call."""
    content = load("call_scripts")
    return {name: in_language(content, name, language) for name in ("call_back", "someone_else")}


def _two_days(reader: User) -> dict[str, datetime]:
    begin, end = desk.day_of(reader)
    return {"begin": begin, "end": end + DAY}


CALLS = Question(
    lambda reader, begin, end: ShortCall.objects.visible_to(reader).filter(
        starts_at__gte=begin, starts_at__lt=end).values_list("pk"),
    _two_days,
)  # fmt: skip


def calls(request: HttpRequest, found: Rows) -> dict[str, Any] | None:
    """On the desk: the short calls that this coordinator takes today and tomorrow."""
    if not found:
        return None
    listed = list(ShortCall.objects.visible_to(request.user).filter(pk__in=[pk for (pk,) in found]))
    # A call is about nobody that we know: the entries name no person, only who looked.
    for row in listed:
        audit.record(Action.READ, row, purpose=Purpose.INTAKE, fields=("number",) if row.number else ())
    return {
        "calls": [
            {"when": desk.moment(row.starts_at, account(request)), "language": row.get_language_display(),
             "how": HOW[CallWay(row.way)], "word": row.word, "number": row.number, "lang": row.language,
             "script": call_back_script(row.language) if row.way == CallWay.CALL_BACK else None}
            for row in listed
        ]
    }  # fmt: skip


def wish_part(participant: Participant, _reader: User) -> dict[str, Any] | None:
    """In the file: when the person could, while a time is still to be found."""
    rows = MeetingWish.objects.filter(application__participant=participant)
    wish = rows.filter(application__state=ApplicationState.SUBMITTED).first()
    if wish is None:
        return None
    zone = zone_name(participant.user.time_zone, reader_language(), timezone.now())
    return {"parts": booking_pages.wish_words(wish.parts), "zone": zone}


def register() -> None:
    add_card(Card("my", "my/cards/meeting.html", my_meeting, order=10))
    add_card(Card("desk", "desk/cards/wishes.html", wishes, 25, (WISHES, WISHES_IN_ALL)))
    add_card(Card("desk", "desk/cards/calls.html", calls, 22, (CALLS,)))
    add_part(FilePart("desk/file_wish.html", wish_part, Tab.NOW, order=5))
    add_place(
        Place(
            "desk", gettext_lazy("My times"), "clock", "desk:availability", holds(Role.COORDINATOR), order=22, key="h"
        )
    )
