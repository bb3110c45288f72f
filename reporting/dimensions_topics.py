"""What became of what is counted, and the other things that figures are broken down by, with their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groups.choices import InvitationState
from intake.choices import ApplicationState, Service
from intake.models import Referral
from intake.rules import Affiliation
from psp.models import ProgramRegion
from reporting.dimensions import Dimension, add_dimension, named, region_codes
from reporting.models_given import GivenKind
from reporting.models_platform import Platform
from sessions.choices import AttendanceStatus, SessionState
from supporters.hours.choices import HoursKind
from supporters.models import Course

Names = Sequence[tuple[str, Any]]
# Not on the list of other services, or in no region that the program has.
OTHER, UNKNOWN = "other", "unknown"

AFFILIATIONS: Names = (
    (Affiliation.CURRENT_CAF_MEMBER, _("Serving in the Canadian Armed Forces")),
    (Affiliation.FORMER_CAF_MEMBER, _("Formerly in the Canadian Armed Forces")),
    (Affiliation.VETERAN, _("Veterans")),
    (Affiliation.DND_PUBLIC_SERVANT, _("Public servants of National Defence")),
    (Affiliation.CADET, _("Cadets")),
    (Affiliation.JUNIOR_RANGER, _("Junior Canadian Rangers")),
    (Affiliation.FAMILY_MEMBER, _("Family members")),
    (Affiliation.NONE_OF_THESE, pgettext_lazy("link", "None of these")),
    (UNKNOWN, pgettext_lazy("link", "Not said")),
)
OUTCOMES: Names = (
    (ApplicationState.ACCEPTED, ApplicationState.ACCEPTED.label),
    (ApplicationState.DEFERRED, ApplicationState.DEFERRED.label),
    (ApplicationState.REFERRED, ApplicationState.REFERRED.label),
    (ApplicationState.DECLINED, ApplicationState.DECLINED.label),
)
ANSWERS: Names = tuple(
    (state.value, state.label)
    for state in (
        InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.OTHER_TIME, InvitationState.LAPSED,
    )
)  # fmt: skip
TOOK_PLACE: Names = tuple((state.value, state.label) for state in (SessionState.HELD, SessionState.CANCELLED))
COMPLETION: Names = (("stayed", _("Stayed to the end")), ("left", _("Left before the end")))
SUPERVISION: Names = (
    ("in_time", pgettext_lazy("supervision", "In time")), ("late", pgettext_lazy("supervision", "Late")),
    ("alone", pgettext_lazy("supervision", "Nobody supervises them")),
)  # fmt: skip
YES_NO: Names = (("yes", pgettext_lazy("trained", "Trained")), ("no", pgettext_lazy("trained", "Not yet")))


def referrals() -> Names:
    listed = [(row.code, row.name) for row in Referral.objects.all()]
    return [*listed, (OTHER, pgettext_lazy("referral", "Another service"))]


def courses() -> Names:
    return [(row.code, row.name) for row in Course.objects.all()]


def course_codes() -> Iterable[str]:
    return Course.objects.order_by().values_list("code", flat=True)


def given_kinds() -> Names:
    return [(row.code, str(row)) for row in GivenKind.objects.all()] or [(OTHER, _("Nothing yet"))]


def platforms() -> Names:
    return [(row.code, row.name) for row in Platform.objects.all()] or [(OTHER, _("No platform yet"))]


def places() -> Names:
    regions = [(region.code, str(region)) for region in ProgramRegion.objects.all()]
    return [*regions, (UNKNOWN, pgettext_lazy("region", "Not said"))]


def register() -> None:
    for one in (
        Dimension("affiliation", _("Link to the Defence community"), _("Whatever the link"), lambda: AFFILIATIONS),
        Dimension("service", _("Kind of service"), _("All services"), lambda: named(Service)),
        Dimension("outcome", _("Decision"), _("All decisions"), lambda: OUTCOMES),
        Dimension("referred_to", _("Referred to"), _("All other services"), referrals),
        Dimension("answer", _("Answer"), _("All invitations"), lambda: ANSWERS),
        Dimension("took_place", _("Held or cancelled"), _("All sessions"), lambda: TOOK_PLACE),
        Dimension(
            "status",
            pgettext_lazy("dimension", "Attendance"),
            _("All places at sessions"),
            lambda: named(AttendanceStatus),
        ),
        Dimension("completion", _("Stayed or left"), _("All places in these groups"), lambda: COMPLETION),
        Dimension("supervision", _("Supervision"), _("All peer supporters"), lambda: SUPERVISION),
        Dimension("trained", pgettext_lazy("dimension", "Training"), _("All peer supporters"), lambda: YES_NO),
        Dimension("work", _("Kind of work"), _("All hours"), lambda: named(HoursKind)),
        Dimension("course", pgettext_lazy("dimension", "Course"), _("All courses"), courses, course_codes),
        Dimension("given", _("What was given"), _("All goods and services"), given_kinds),
        Dimension("platform", _("Platform"), _("All platforms"), platforms),
        Dimension("place", _("Region"), _("All regions"), places, lambda: [*region_codes(), UNKNOWN]),
    ):
        add_dimension(one)
