"""What training holds about a person: what they learned, what they would like to learn, and their certificates."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.people import roles_of
from psp.models import User
from supporters.models import Certificate, CohortAttendance, CourseRequest, Enrolment, LearningGoal, Qualification
from supporters.training.choices import Attended
from supporters.training.models import Course

TOPIC = Topic(
    "training", _("What peer supporters learn"),
    _("The courses they take and when they were there, what they completed and until when it counts. What they would"
      " like to learn, in their own words, and what they were answered. A certificate, once they ask for one."),
    _("The person, the supervisor at their side, and those who give the course. Whoever is given the code of a"
      " certificate sees what is on it."),
    order=92, team=True,
)  # fmt: skip
ABOUT_TEAM = _("About a member of the team")
NOBODY_KNOWS = _("Answers without a name: nobody can tell which of them are yours, so we cannot hand them to you")
GOES_BY_ITSELF = _("Nothing in it says which answers are yours, and it is emptied by itself")
MAP = (
    Holding(
        "supporters.qualification", "user", "training",
        these("id user course completed_on expires_on cohort noted_by made_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("training",), also=("noted_by",),
    ),
    Holding(
        "supporters.enrolment", "user", "training", these("id cohort user state since changed_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("training_cohorts",),
    ),
    Holding(
        "supporters.cohortattendance", "user", "training", these("id session user status recorded_by recorded_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("training_sessions",), also=("recorded_by",),
    ),
    Holding(
        "supporters.certificate", "user", "training",
        these("id user qualification digest code name issued_at revoked_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("certificates",),
    ),
    Holding(
        "supporters.learninggoal", "user", "training", these("id user course title by_when done_on made_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("learning_plan",),
    ),
    Holding(
        "supporters.courserequest", "user", "training",
        these("id user course title state asked_at answered_at answered_by starts_on instead"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("course_requests",), also=("answered_by",),
    ),
    Holding(
        "supporters.cohort", "created_by", "training",
        these("id course name_en name_fr program_region for_whom language first_day start_time minutes time_zone places"
              " state created_by made_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "supporters.cohortlead", "user", "training", these("id cohort user"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "supporters.evaluationbox", "cohort__created_by", "feedback",
        these("id ref cohort form sealed closes_at emptied"),
        Use.EVALUATION, Basis.PROGRAM, "evaluation", Erased.KEPT, not_exported=NOBODY_KNOWS,
        kept_because=GOES_BY_ITSELF,
    ),
    Holding(
        "supporters.cohortsession", "cohort__created_by", "training",
        these("id cohort number module starts_at ends_at cancelled"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip
COURSE, COHORT, STATE = _("Course"), _("Cohort"), _("State")


def called(course: Course | None, title: str = "") -> Both | str:
    return Both(course.name_en, course.name_fr) if course is not None else title


def learned(person: User) -> Iterable[Record]:
    rows = list(Qualification.objects.filter(user=person).select_related("course").order_by("completed_on"))
    roles = roles_of({row.noted_by_id for row in rows if row.noted_by_id})
    for row in rows:
        yield [
            Line(COURSE, called(row.course)), Line(_("Completed"), row.completed_on),
            Line(_("Counts until"), row.expires_on), Line(_("Noted by"), roles.get(row.noted_by_id)),
        ]  # fmt: skip


def cohorts(person: User) -> Iterable[Record]:
    for row in Enrolment.objects.filter(user=person).select_related("cohort").order_by("since"):
        name = Both(row.cohort.name_en, row.cohort.name_fr)
        yield [Line(COHORT, name), Line(STATE, row.get_state_display()), Line(_("Since"), row.since)]


def sessions(person: User) -> Iterable[Record]:
    rows = CohortAttendance.objects.filter(user=person).select_related("session__cohort")
    found = list(rows.order_by("session__starts_at"))
    roles = roles_of({row.recorded_by_id for row in found})
    for row in found:
        cohort = row.session.cohort
        yield [
            Line(COHORT, Both(cohort.name_en, cohort.name_fr)), Line(_("Began"), row.session.starts_at),
            Line(_("Noted"), Attended(row.status).label), Line(_("Noted by"), roles[row.recorded_by_id]),
        ]  # fmt: skip


def certificates(person: User) -> Iterable[Record]:
    for row in Certificate.objects.filter(user=person).select_related("qualification__course").order_by("issued_at"):
        yield [
            Line(COURSE, called(row.qualification.course)), Line(_("Name on it"), row.name), Line(_("Code"), row.code),
            Line(_("Made"), row.issued_at), Line(_("Withdrawn"), row.revoked_at),
        ]  # fmt: skip


def plan(person: User) -> Iterable[Record]:
    for row in LearningGoal.objects.filter(user=person).select_related("course"):
        yield [
            Line(COURSE, called(row.course, row.title)), Line(_("By when"), row.by_when), Line(_("Done"), row.done_on),
        ]  # fmt: skip


def requests(person: User) -> Iterable[Record]:
    rows = list(CourseRequest.objects.filter(user=person).select_related("course").order_by("asked_at"))
    roles = roles_of({row.answered_by_id for row in rows if row.answered_by_id})
    for row in rows:
        yield [
            Line(COURSE, called(row.course, row.title)), Line(_("Asked"), row.asked_at),
            Line(STATE, row.get_state_display()), Line(_("Begins"), row.starts_on), Line(_("Instead"), row.instead),
            Line(_("Answered by"), roles.get(row.answered_by_id)), Line(_("Answered"), row.answered_at),
        ]  # fmt: skip


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP)
    told = (
        ("training", _("What you have learned"), learned, "supporters.qualification"),
        ("training_cohorts", _("Cohorts you are or were in"), cohorts, "supporters.enrolment"),
        ("training_sessions", _("Sessions of your training"), sessions, "supporters.cohortattendance"),
        ("certificates", _("Your certificates"), certificates, "supporters.certificate"),
        ("learning_plan", _("What you would like to learn"), plan, "supporters.learninggoal"),
        ("course_requests", _("Courses you asked for"), requests, "supporters.courserequest"),
    )
    for order, (code, title, collect, model) in enumerate(told, start=45):
        add_section(Section(code, title, collect, frozenset({model}), order=order))
