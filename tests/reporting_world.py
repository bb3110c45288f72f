"""A year and a bit of everything that is counted, at random, with people who never agreed or took it back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from groups.choices import GroupKind, GroupState
from groups.models import GroupLead, Invitation, Membership, PeerGroup
from intake.models import Application, IntakeMeeting, Participant, Referral, WaitingPlace
from psp.choices import Role
from psp.models import User
from reporting.models import Given, GivenKind, Platform, PlatformFigure
from sessions.models import Attendance, Cover, FollowUpOffer, GroupSession
from supporters.models import Course, HoursLine, Pairing, Qualification, SupervisionMeeting, Supporter
from tests import factories as make

BEGIN, DAYS = datetime(2026, 3, 1, 12, tzinfo=UTC), 420
PROVINCES = ("QC", "ON", "BC", "NS")
AFFILIATIONS = ("current_caf_member", "veteran", "cadet", "somebody_else", None)
BOTH = ("taking_part", "results")


class World:
    """Rows are written past the services: what is counted must not depend on the way there."""

    def __init__(self, seed: int, people: int = 40) -> None:
        self.chance = Random(seed)
        self.coordinator = make.a_coordinator("QC")
        self.people = [self._person(number) for number in range(people)]
        self.supporters = [self._supporter() for _number in range(12)]
        for person in self.people:
            self._applies(person)
        self.groups = [self._group(GroupKind.values[number % 3]) for number in range(36)]
        for supporter in self.supporters:
            self._works(supporter)
        self._platforms()
        self._given()

    def moment(self) -> datetime:
        return BEGIN + timedelta(minutes=self.chance.randrange(DAYS * 24 * 60))

    def day(self) -> date:
        return self.moment().date()

    def _person(self, number: int) -> Participant:
        consents = self.chance.choice([BOTH, BOTH, BOTH, BOTH[:1]])
        made = make.a_participant(self.chance.choice(PROVINCES), language=self.chance.choice(["en", "fr"]),
                                  consents=consents)  # fmt: skip
        if "results" in consents and number % 7 == 0:
            make.disagree(made.user, "results")
        return made

    # --- Intake ---

    def _applies(self, person: Participant) -> None:
        for _number in range(self.chance.choice([1, 1, 2])):
            sent = self.moment()
            self._application(person, sent)

    def _application(self, person: Participant, sent: datetime) -> None:
        chance = self.chance
        state = chance.choice(["submitted", "accepted", "accepted", "accepted", "deferred", "referred", "declined",
                               "withdrawn", "withdrawn"])  # fmt: skip
        if state == "submitted" and Application.objects.filter(participant=person, state="submitted").exists():
            state = "accepted"
        services = chance.sample(["formal", "informal", "activity"], chance.choice([1, 1, 2, 3]))
        decided = state not in ("submitted",) and not (state == "withdrawn" and chance.random() < 0.4)
        listed = list(Referral.objects.values_list("code", flat=True)[:3])
        takes = services if state == "accepted" or (state == "withdrawn" and decided and chance.random() < 0.5) else []
        answers: dict[str, Any] = {"adult": True}
        if (link := chance.choice(AFFILIATIONS)) is not None:
            answers["affiliation"] = link
        made = make.an_application(
            person, services=services, state=state, submitted_at=sent, accepted_for=takes,
            decided_at=sent + timedelta(minutes=chance.randrange(100 * 24 * 60)) if decided else None,
            decided_by=self.coordinator if decided else None,
            decision_version=make.an_eligibility_version() if decided else None,
            decision_reasons=["under_18"] if state == "declined" else [],
            referred_to=chance.sample([*listed, "gone"], chance.choice([1, 2])) if state == "referred" else [],
            look_again_on=date(2027, 6, 1) if state == "deferred" else None,
        )  # fmt: skip
        Application.objects.filter(pk=made.pk).update(answers=answers)
        for number in range(chance.choice([0, 1, 2])):
            self._meeting(made, sent + timedelta(days=3 + 9 * number, minutes=chance.randrange(5000)))
        for service in takes:
            if not WaitingPlace.objects.filter(participant=person, service=service, state="waiting").exists():
                WaitingPlace.objects.create(
                    participant=person, application=made, service=service, since=sent,
                    state=chance.choice(["waiting", "placed", "ended"]),
                )  # fmt: skip

    def _meeting(self, application: Application, starts: datetime) -> None:
        IntakeMeeting.objects.create(
            application=application, coordinator=make.the_supervisor(), starts_at=starts,
            ends_at=starts + timedelta(minutes=1), state=self.chance.choice(["held", "held", "missed", "cancelled"]),
        )  # fmt: skip

    # --- Groups ---

    def _group(self, kind: str) -> PeerGroup:
        chance, begin = self.chance, self.moment()
        province = chance.choice([("QC", "QC"), ("ON", "ON"), ("BC", "PAC"), ("NS", "ATL")])
        made = PeerGroup.objects.create(
            kind=kind, name_en="Evenings", name_fr="Les soirs", program_region_id=province[1], region_id=province[0],
            language=chance.choice(["en", "fr"]), modality=chance.choice(["virtual", "in_person"]),
            min_size=4, max_size=10, session_count=10, minutes=90, starts_on=begin.date(), start_time=begin.time(),
            time_zone=chance.choice(["America/Toronto", "America/Vancouver", "America/St_Johns"]),
            established_at=begin - timedelta(days=3) if chance.random() < 0.8 else None,
            opened_at=begin - timedelta(days=20) if kind != "formal" and chance.random() < 0.5 else None,
            created_by=self.coordinator,
        )  # fmt: skip
        members = chance.sample(self.people, 8)
        leads = chance.sample(self.supporters, 2)
        for lead in leads:
            GroupLead.objects.create(group=made, user=lead, role="facilitator")
        sessions = [self._session(made, begin, number) for number in range(1, chance.choice([1, 2, 6]) + 1)]
        for member in members:
            self._member(made, member, begin, sessions)
        for session in sessions:
            if chance.random() < 0.3:
                self._cover(session, leads[0])
        ends = [GroupState.COMPLETED, GroupState.COMPLETED, GroupState.ESTABLISHED, GroupState.CANCELLED]
        PeerGroup.objects.filter(pk=made.pk).update(state=chance.choice([*ends, GroupState.FORMING]))
        return made

    def _session(self, group: PeerGroup, begin: datetime, number: int) -> GroupSession:
        starts = begin + timedelta(weeks=number - 1, minutes=self.chance.randrange(24 * 60))
        # One that is planned and still to come would keep its place in the calendars of those who lead.
        planned = ["scheduled"] if starts < timezone.now() else []
        state = self.chance.choice(["held", "held", "held", "cancelled", *planned])
        return GroupSession.objects.create(
            group=group, number=number, starts_at=starts, ends_at=starts + timedelta(minutes=90), state=state
        )  # fmt: skip

    def _cover(self, session: GroupSession, lead: User) -> None:
        other = self.chance.choice([one for one in self.supporters if one != lead])
        state = self.chance.choice(["open", "taken", "not_needed"])
        Cover.objects.create(session=session, lead=lead, state=state, stand_in=other if state == "taken" else None)

    def _member(self, group: PeerGroup, member: Participant, begin: datetime, sessions: list[GroupSession]) -> None:
        chance = self.chance
        left = begin + timedelta(days=chance.randrange(-5, 40)) if chance.random() < 0.3 else None
        Membership.objects.create(group=group, participant=member, joined_at=begin - timedelta(days=12), left_at=left,
                                  state="left" if left else "member")  # fmt: skip
        for session in sessions:
            if chance.random() < 0.9:
                status = chance.choice(["present", "present", "left_early", "let_us_know", "absent"])
                Attendance.objects.create(session=session, participant=member, status=status,
                                          recorded_by=self.coordinator)  # fmt: skip
        self._asked(group, member, begin)
        if chance.random() < 0.5:
            done = chance.random() < 0.6
            FollowUpOffer.objects.create(
                group=group, participant=member, state="done" if done else "wished", until=begin + timedelta(days=90),
                finished_at=begin + timedelta(days=60) if done else None,
            )  # fmt: skip

    def _asked(self, group: PeerGroup, member: Participant, begin: datetime) -> None:
        state = self.chance.choice(["accepted", "accepted", "declined", "other_time", "lapsed", "taken_back"])
        Invitation.objects.create(
            group=group, kind=group.kind, participant=member, state=state, sent_at=begin - timedelta(days=30),
            answer_by=begin - timedelta(days=20), answered_at=begin - timedelta(days=self.chance.randrange(20, 30)),
        )  # fmt: skip

    # --- Those who lead ---

    def _supporter(self) -> User:
        user = make.with_role(make.a_user(language=self.chance.choice(["en", "fr"])), Role.SUPPORTER)
        Supporter.objects.create(
            user=user, program_region_id=self.chance.choice(["QC", "ON", "PAC"]), since=self.moment(),
            state=self.chance.choice(["active", "active", "active", "joining", "ended"]),
        )  # fmt: skip
        Supporter.history.filter(user=user).update(history_date=self.moment())
        return user

    def _works(self, user: User) -> None:
        chance, supervisor = self.chance, make.the_supervisor()
        if chance.random() < 0.8:
            since = self.day()
            ended = since + timedelta(days=200) if chance.random() < 0.3 else None
            Pairing.objects.create(user=user, supervisor=supervisor, since=since, ended_on=ended)
        for _number in range(20):
            SupervisionMeeting.objects.create(
                user=user, supervisor=supervisor, held_on=self.day(), minutes=60,
                kind=chance.choice(["one", "group", "check_in"]),
            )  # fmt: skip
        for course in Course.objects.all()[:3]:
            if chance.random() < 0.7:
                done = self.day()
                Qualification.objects.create(
                    user=user, course=course, completed_on=done, noted_by=supervisor,
                    expires_on=done + timedelta(days=150) if chance.random() < 0.4 else None,
                )  # fmt: skip
        for _number in range(25):
            self._line(user, supervisor)

    def _line(self, user: User, supervisor: User) -> None:
        made = HoursLine.objects.create(
            user=user, role=self.chance.choice([Role.SUPPORTER, Role.SUPPORTER, Role.CLINICIAN]), day=self.day(),
            kind=self.chance.choice(["prepare", "leading", "debrief", "superv", "leave"]),
            minutes=self.chance.choice([15, 30, 50, 90, 120]),
        )  # fmt: skip
        row = HoursLine.objects.filter(pk=made.pk)
        if self.chance.random() < 0.8:
            row.update(state="sent")
        if self.chance.random() < 0.8:
            row.filter(state="sent").update(state="approved", decided_by=supervisor, decided_at=timezone.now())

    def _given(self) -> None:
        for kind in GivenKind.objects.all()[:4]:
            for month in range(5, 12):
                for region in ("QC", "ON"):
                    number = self.chance.randrange(1, 40)
                    Given.objects.create(kind=kind, region_id=region, month=date(2026, month, 1), number=number,
                                         people=self.chance.randrange(1, number + 1))  # fmt: skip

    def _platforms(self) -> None:
        one, other = (Platform.objects.create(code=code, name=code) for code in ("elsewhere", "another"))
        for number in range(14):
            month = date(2026 + (number + 2) // 12, (number + 2) % 12 + 1, 1)
            for platform in (one, other):
                for region in ("", "QC", "ON"):
                    PlatformFigure.objects.create(
                        platform=platform, month=month, region=region, source="A file that they sent",
                        registrations=self.chance.randrange(60),
                    )  # fmt: skip
