"""What those who lead have learned, are learning, and would like to learn."""

from __future__ import annotations

from datetime import date, time, timedelta

from demo.later.team import LEADING, Team, key
from psp.choices import Kind
from psp.models import ProgramRegion, User
from supporters.choices import Outcome, ReadyFor
from supporters.joining.services_interest import note_interest
from supporters.joining.services_readiness import comment_readiness, note_readiness
from supporters.models import Cohort, Course, Qualification, Supporter
from supporters.supervision.services import pair
from supporters.training.choices import Attended, CohortLanguage, CohortState
from supporters.training.reference import PROGRAM
from supporters.training.services import note_qualification
from supporters.training.services_certificates import make_certificate
from supporters.training.services_cohorts import (
    add_cohort_lead,
    add_date,
    complete_all,
    create_cohort,
    enrol,
    move_cohort,
    record_cohort_attendance,
)
from supporters.training.services_learning import add_goal, answer_request, ask_for_course, close_goal

EVENING = time(18)
# Who, which course, and for how many days more it counts.
ELSEWHERE = (("supporter.qc", "crisis_response", 45), ("supporter.on", "first_aid", 70),
             ("supporter.qc", "suicide_prevention", 600), ("facilitator.1", "trauma_informed", 300),
             ("facilitator.3", "first_aid", 500))  # fmt: skip
ZONE = "America/Toronto"
# Those who are getting ready, with their region and language. The last of them would rather wait a little.
NEWCOMERS = (("newcomer.1", "Florence", "QC", "fr"), ("newcomer.2", "Rowan", "ATL", "en"),
             ("newcomer.3", "Mathis", "QC", "fr"), ("newcomer.4", "Skye", "PRA", "en"))  # fmt: skip


def learn(team: Team) -> None:
    finished(team)
    learners = getting_ready(team)
    running(team, learners)
    ahead(team)
    elsewhere(team)
    plans(team)
    requests(team)


def finished(team: Team) -> None:
    """The cohort in which those who lead now completed the ten-week program; one of them had a certificate made."""
    qualification = Qualification.objects.get(user=team["supporter.qc"], course=PROGRAM)
    with team.by("supervisor") as by:
        cohort = a_cohort(
            by, "Eastern regions", "Régions de l’Est", qualification.completed_on - timedelta(weeks=9), key("finished")
        )
        people = team.some(*LEADING)
        begin(cohort, people, team["clinician.qc"], by)
        for number, session in enumerate(cohort.sessions.order_by("number")):
            there = {person.pk: Attended.PRESENT for person in people}
            if number == 3:
                there[people[-1].pk] = Attended.ABSENT
            record_cohort_attendance(session=session, statuses=there, by=by)
        complete_all(cohort=cohort, by=by)
        move_cohort(cohort=cohort, to=CohortState.DONE, by=by)
    with team.by("supporter.qc") as person:
        make_certificate(qualification=qualification, by=person)


def a_cohort(by: User, english: str, french: str, first_day: date, form: object) -> Cohort:
    return create_cohort(
        by=by, course=Course.objects.get(code=PROGRAM), name_en=english, name_fr=french,
        language=CohortLanguage.BOTH, first_day=first_day, start_time=EVENING, time_zone=ZONE, minutes=150, places=12,
        key=key("cohort", form),
    )  # fmt: skip


def begin(cohort: Cohort, people: list[User], lead: User, by: User) -> None:
    add_cohort_lead(cohort=cohort, user=lead, by=by)
    for person in people:
        enrol(cohort=cohort, person=person, by=by)
    move_cohort(cohort=cohort, to=CohortState.RUNNING, by=by)


def getting_ready(team: Team) -> list[User]:
    """Accounts of those who said their interest, the conversations with them, and an interest that waits."""
    people = [a_newcomer(*one) for one in NEWCOMERS]
    with team.by("supervisor") as by:
        for person in people[:-1]:
            talked(team, person, by)
            pair(person, by, by)
        note_readiness(
            supporter=people[-1].supporter, by=by, ready_for=ReadyFor.TRAINING, held_on=team.day(-6),
            outcome=Outcome.NOT_NOW, look_again_on=team.day(90), would_help="A quieter season at work.",
            talked_about={"time": "Spring would suit better than now."}, key=key("talk", people[-1].username),
        )  # fmt: skip
        note_interest(
            by=by, name="Océane", address="oceane@example.org", language="fr",
            program_region=ProgramRegion.objects.get(code="QC"),
        )  # fmt: skip
    return people[:-1]


def a_newcomer(username: str, name: str, region: str, language: str) -> User:
    user = User.objects.create_user(
        username, kind=Kind.SUPPORTER, email=f"{username}@example.org", name=name, language=language, made_by_demo=True
    )
    Supporter.objects.create(user=user, program_region_id=region)
    return user


TALK = {
    "en": ({"support": "A sister, and a friend nearby.", "time": "Two evenings a week."}, "I would like to start."),
    "fr": (
        {"support": "Une sœur et une amie du quartier.", "time": "Deux soirs par semaine."},
        "J’ai hâte de commencer.",
    ),
}


def talked(team: Team, person: User, by: User) -> None:
    notes, comment = TALK[person.language]
    made = note_readiness(
        supporter=person.supporter, by=by, ready_for=ReadyFor.TRAINING, held_on=team.day(-40), outcome=Outcome.READY,
        talked_about=notes, key=key("talk", person.username),
    )  # fmt: skip
    comment_readiness(readiness=made, by=person, comment=comment)


def running(team: Team, learners: list[User]) -> None:
    """A cohort in its fourth week; one of those who lead groups gives it."""
    people = [*learners, *team.some("facilitator.9")]
    with team.by("supervisor") as by:
        cohort = a_cohort(by, "From coast to coast", "D’un océan à l’autre", team.day(-24), "running")
        begin(cohort, people, team["supporter.qc"], by)
        for number, session in enumerate(cohort.sessions.filter(starts_at__date__lt=team.today).order_by("number")):
            there = {person.pk: Attended.PRESENT for person in people}
            if number == 1:
                there[people[1].pk] = Attended.ABSENT
            record_cohort_attendance(session=session, statuses=there, by=by)


def ahead(team: Team) -> None:
    """Two Saturday mornings that some of those who lead have a place in."""
    saturday = team.day(team.weekday(9, 5))
    with team.by("supervisor") as by:
        cohort = create_cohort(
            by=by, course=Course.objects.get(code="crisis_response"), name_en="Two Saturday mornings",
            name_fr="Deux samedis matin", language=CohortLanguage.BOTH, first_day=saturday, start_time=time(9),
            time_zone=ZONE, minutes=240, places=8, key=key("cohort", "ahead"),
        )  # fmt: skip
        for week in range(2):
            add_date(cohort=cohort, day=saturday + timedelta(weeks=week), at=time(9), by=by)
        add_cohort_lead(cohort=cohort, user=team["clinician.qc"], by=by)
        for person in team.some("supporter.qc", "facilitator.3", "facilitator.4"):
            enrol(cohort=cohort, person=person, by=by)


def elsewhere(team: Team) -> None:
    """Courses of others; two of them count for a few weeks more only."""
    with team.by("supervisor") as by:
        for name, course, ends in ELSEWHERE:
            found = Course.objects.get(code=course)
            assert found.renew_months is not None  # nosec B101
            day = years_before(team.day(ends), found.renew_months // 12)
            note_qualification(user=team[name], course=found, completed_on=day, by=by)


def years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def plans(team: Team) -> None:
    with team.by("supporter.qc") as person:
        add_goal(by=person, course=Course.objects.get(code="crisis_response"), by_when=team.day(40))
        add_goal(by=person, title="Laisser plus de place au silence", by_when=team.day(120))
        read = add_goal(by=person, title="Relire le protocole de sécurité")
        close_goal(goal=read, by=person, done=True)
    with team.by("supporter.on") as person:
        add_goal(by=person, course=Course.objects.get(code="cultural_safety"), by_when=team.day(150))
        add_goal(by=person, title="Sit in on a morning group")


def requests(team: Team) -> None:
    """One that waits for an answer, one with a day, one with something else."""
    with team.by("supporter.on") as person:
        ask_for_course(by=person, course=Course.objects.get(code="cultural_safety"))
    with team.by("supporter.qc") as person:
        yes = ask_for_course(by=person, course=Course.objects.get(code="advocacy"))
    with team.by("facilitator.2") as person:
        other = ask_for_course(by=person, title="Animer en plein air")
    with team.by("supervisor") as by:
        answer_request(request=yes, by=by, starts_on=team.day(35))
        answer_request(request=other, by=by, instead="Au printemps. D’ici là, la bibliothèque a un guide sur ce sujet.")
