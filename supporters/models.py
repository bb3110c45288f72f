"""Peer supporters and what the program asks of itself for them. The database is the last judge of each rule."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.models import ProgramRegion, User
from supporters.choices import MeetingKind, SupporterState
from supporters.querysets import SupporterQuerySet


def rhythm_kinds() -> list[str]:
    """Regular meetings, alone or as a group ([NH] section 4); informal check-ins come on top and replace none."""
    return [MeetingKind.ONE_TO_ONE.value, MeetingKind.GROUP.value]


class CareSetting(models.Model):
    """The program's settings for its supporters, one row. Days, weeks and hours as said in each label ([NH] 30, 32)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    cooling_off_days = models.PositiveSmallIntegerField(
        _("days between the last group as a participant and becoming a peer supporter"), default=365
    )
    supervision_days = models.PositiveSmallIntegerField(_("days between two supervision meetings, at most"), default=14)
    supervision_grace_days = models.PositiveSmallIntegerField(
        _("days that supervision may be late before somebody leads nothing new"), default=7
    )
    max_groups = models.PositiveSmallIntegerField(_("groups led at once, at most"), default=2)
    max_sessions_week = models.PositiveSmallIntegerField(_("sessions led in a week, at most"), default=3)
    max_hours_week = models.PositiveSmallIntegerField(_("hours worked in a week, at most"), default=15)
    checkin_keep_days = models.PositiveSmallIntegerField(_("days that a wellbeing check-in is kept"), default=56)
    expiry_notice_days = models.PositiveSmallIntegerField(
        _("days before the end of a qualification for it to be shown"), default=90
    )
    support_first_days = models.PositiveSmallIntegerField(
        _("days that a supervisor has for somebody who may not lead soon, before coordinators hear of it"), default=3
    )
    pay_period_days = models.PositiveSmallIntegerField(_("days in a pay period"), default=14)
    pay_period_from = models.DateField(_("first day of any pay period"))
    preparation_minutes = models.PositiveSmallIntegerField(_("minutes to prepare a session"), default=30)
    debrief_minutes = models.PositiveSmallIntegerField(_("minutes of debrief after a session"), default=30)
    supervision_minutes = models.PositiveSmallIntegerField(_("minutes of a supervision meeting"), default=60)
    leave_day_minutes = models.PositiveSmallIntegerField(_("minutes of a day of paid leave, as a rule"), default=180)

    rhythm_kinds = ArrayField(
        models.CharField(max_length=8), default=rhythm_kinds, verbose_name=_("meetings that count for supervision"),
        help_text=_("one, group or check_in, with a comma between them"),
    )  # fmt: skip
    talk_wait_minutes = models.PositiveSmallIntegerField(
        _("minutes after which all supervisors are asked for a talk that nobody took"), default=60
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("settings for peer supporters")
        verbose_name_plural = _("settings for peer supporters")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="care_setting_one_row"),
            models.CheckConstraint(condition=Q(supervision_days__range=(1, 92)), name="care_supervision_sensible"),
            models.CheckConstraint(
                condition=Q(rhythm_kinds__contained_by=MeetingKind.values) & ~Q(rhythm_kinds=[]),
                name="care_rhythm_kinds_known",
            ),
            models.CheckConstraint(condition=Q(talk_wait_minutes__range=(5, 1440)), name="care_talk_wait_sensible"),
            models.CheckConstraint(condition=Q(max_groups__range=(1, 10)), name="care_groups_sensible"),
            models.CheckConstraint(condition=Q(max_sessions_week__range=(1, 20)), name="care_sessions_sensible"),
            models.CheckConstraint(condition=Q(max_hours_week__range=(1, 60)), name="care_hours_sensible"),
            models.CheckConstraint(condition=Q(checkin_keep_days__range=(7, 183)), name="care_checkins_short"),
            models.CheckConstraint(condition=Q(support_first_days__range=(1, 10)), name="care_support_first_sensible"),
            models.CheckConstraint(condition=Q(pay_period_days__range=(7, 31)), name="care_pay_period_sensible"),
            models.CheckConstraint(
                condition=Q(preparation_minutes__lte=240, debrief_minutes__lte=240, supervision_minutes__lte=480),
                name="care_allowances_sensible",
            ),
            models.CheckConstraint(condition=Q(leave_day_minutes__range=(1, 720)), name="care_leave_day_sensible"),
        ]

    def __str__(self) -> str:
        return str(_("Settings for peer supporters"))


class Supporter(models.Model):
    """Somebody on the way to leading, or who leads. The account is theirs as a supporter alone: whether the same person
    took part in a group before stands nowhere but in `FormerTie`, which nobody can read back ([NH] rule 34)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="supporter")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="supporters")
    state = models.CharField(max_length=8, choices=SupporterState, default=SupporterState.JOINING)
    since = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SupporterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program_region", "state"], name="supporter_region_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SupporterState.values), name="supporter_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


# Models of this app that have a file of their own.
from supporters.hours.models import HoursLine, HoursReturn  # noqa: E402
from supporters.hours.models_pay import PayExport, PayExportPerson, PayRate  # noqa: E402
from supporters.hours.models_workload import Accommodation, AccommodationKind, Leave, Limits  # noqa: E402
from supporters.joining.models_former import FormerAgreement, FormerTie  # noqa: E402
from supporters.joining.models_interest import Interest, ReadinessCriterion  # noqa: E402
from supporters.joining.models_readiness import Readiness  # noqa: E402
from supporters.may_lead.models import LeadConcern  # noqa: E402
from supporters.supervision.models import NextMeeting, Pairing, SupervisionMeeting, SupervisorWish  # noqa: E402
from supporters.supervision.models_extra import SupportKind, SupportPlan  # noqa: E402
from supporters.supervision.models_talks import OpenDoor, Talk  # noqa: E402
from supporters.texts.models import Acknowledgement, ProgramText  # noqa: E402
from supporters.training.models import Course, Module, Qualification  # noqa: E402
from supporters.training.models_certificates import Certificate  # noqa: E402
from supporters.training.models_cohorts import Cohort, CohortAttendance, CohortLead, CohortSession, Enrolment  # noqa: E402
from supporters.training.models_evaluation import EvaluationBox, EvaluationForm  # noqa: E402
from supporters.training.models_learning import CourseRequest, LearningGoal  # noqa: E402
from supporters.wellbeing.models import (  # noqa: E402
    CareOffer,
    CheckIn,
    CheckInQuestion,
    CheckInShare,
    CheckInWish,
    WellbeingMonth,
)
from supporters.wellbeing.models_pause import Pause  # noqa: E402

__all__ = [
    "Accommodation", "AccommodationKind", "Acknowledgement", "CareOffer", "CareSetting", "Certificate", "CheckIn",
    "CheckInQuestion", "CheckInShare", "CheckInWish", "Cohort", "CohortAttendance", "CohortLead", "CohortSession",
    "Course", "CourseRequest", "Enrolment", "EvaluationBox", "EvaluationForm", "FormerAgreement", "FormerTie",
    "HoursLine", "HoursReturn", "Interest", "LeadConcern", "LearningGoal", "Leave", "Limits", "Module",
    "NextMeeting", "OpenDoor", "Pairing", "Pause", "PayExport", "PayExportPerson", "PayRate", "ProgramText",
    "Qualification", "Readiness", "ReadinessCriterion", "SupervisionMeeting", "SupervisorWish", "SupportKind",
    "SupportPlan", "Supporter", "Talk", "WellbeingMonth",
]  # fmt: skip
