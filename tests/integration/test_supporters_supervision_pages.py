"""Pages of supervision: what the two see, and that what they agreed on is on no page of anybody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from psp.audit.models import Entry
from psp.choices import Role
from psp.models import User
from supporters.models import NextMeeting, Pairing, SupervisionMeeting, SupervisorWish, SupportKind, SupportPlan, Talk
from supporters.supervision.services import add_own_line, ask_for_another, current_of, note_meeting, pair, plan_next
from supporters.supervision.services_extra import make_plan
from supporters.supervision.services_talks import ask_talk
from tests import factories as make
from tests.browser import Browser
from tests.matrix import POLICY, a_world

pytestmark = pytest.mark.django_db
CANARY = "zq-agreed-between-two-zq"


def a_supervisor(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.SUPERVISOR)


def browser_of(user) -> Browser:
    made = Browser()
    make.sign_in(made, user)
    return made


def page(user, name, *args) -> str:
    answer = browser_of(user).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def post(user, name, *args, **data):
    return browser_of(user).post(reverse(name, args=args), data)


@pytest.fixture
def supervisor(db):
    return a_supervisor(name="Robin")


@pytest.fixture
def other(db):
    return a_supervisor(name="Kim")


@pytest.fixture
def supporter(supervisor):
    made = make.a_newcomer(name="Dominique")
    pair(made, supervisor, supervisor)
    return made


def late(user, days) -> None:
    Pairing.objects.filter(user=user).update(since=timezone.localdate() - timedelta(days=14 + days))


def test_overdue_rises_and_resolves_and_both_read_the_same_dates(supervisor, supporter):
    late(supporter, 3)
    for reader, name in ((supervisor, "care:home"), (supporter, "lead:supervision")):
        assert "due 3 days ago" in page(reader, name)
    said = {"kind": "one", "held_on": timezone.localdate().isoformat(), "minutes": "45", "agreed": "A walk",
            "key": str(uuid4())}  # fmt: skip
    for _press in range(2):
        assert post(supervisor, "care:meeting", supporter.pk, **said).status_code == 302
    assert SupervisionMeeting.objects.count() == 1, "a second press is harmless"
    for reader, name in ((supervisor, "care:home"), (supporter, "lead:supervision")):
        assert "due in 14 days" in page(reader, name)
    assert "A walk" in page(supporter, "lead:supervision")


def test_people_stand_in_the_order_of_their_dates_with_no_number_to_compare_them_by(supervisor, supporter):
    second = make.a_newcomer(name="Alex")
    pair(second, supervisor, supervisor)
    late(second, 1)
    late(supporter, 9)
    text = page(supervisor, "care:home")
    assert text.index("Dominique") < text.index("Alex")
    late(supporter, 0)
    text = page(supervisor, "care:home")
    assert text.index("Alex") < text.index("Dominique")


def test_whose_account_is_closed_is_late_with_nothing(supervisor, supporter):
    Pairing.objects.filter(user=supporter).update(since=timezone.localdate() - timedelta(days=200))
    assert "Dominique" in page(supervisor, "care:home")
    User.objects.filter(pk=supporter.pk).update(is_active=False)
    assert "Dominique" not in page(supervisor, "care:home")


def test_what_waits_and_when_nothing_does(supervisor, supporter):
    other = a_supervisor()
    pair(supervisor, other, other)
    boss = a_supervisor()
    pair(other, boss, boss)
    pair(boss, a_supervisor(), supervisor)
    User.objects.exclude(pk__in=[supervisor.pk, supporter.pk, other.pk, boss.pk]).update(is_active=False)
    nothing = "Nobody asks for support now"
    Pairing.objects.exclude(user=supporter).update(since=timezone.localdate())
    text = page(supervisor, "care:home")
    assert ("Looks for a supervisor" in text) or (nothing in text)
    late(supporter, 1)
    assert nothing not in page(supervisor, "care:home")


def test_group_supervision_is_noted_for_several_and_nobody_sees_who_else_was_there(supervisor, supporter):
    second = make.a_newcomer(name="Alexandrine")
    pair(second, supervisor, supervisor)
    said = {"people": [str(supporter.pk), str(second.pk)], "held_on": timezone.localdate().isoformat(),
            "minutes": "90", "agreed": "Together"}  # fmt: skip
    assert post(supervisor, "care:together", **said).status_code == 302
    text = page(supporter, "lead:supervision")
    assert "Together" in text
    assert "Alexandrine" not in text
    stranger = make.a_newcomer()
    answer = post(supervisor, "care:together", **(said | {"people": [str(stranger.pk)]}))
    assert answer.status_code == 200
    assert SupervisionMeeting.objects.count() == 2


def test_the_calendar_file_says_nothing_but_when(supervisor, supporter):
    found = plan_next(user=supporter, by=supervisor, starts_at=timezone.now() + timedelta(days=2))
    for reader in (supporter, supervisor):
        text = page(reader, "lead:next_file", found.pk)
        assert "SUMMARY:Appointment" in text
        for word in ("Robin", "Dominique", "supervis"):
            assert word not in text
    post(supporter, "lead:next_off")
    assert not NextMeeting.objects.exists()


def test_another_supervisor_is_asked_for_without_a_word(supervisor, other, supporter):
    text = page(supporter, "lead:another_supervisor")
    assert "textarea" not in text
    assert 'type="text"' not in text
    post(supporter, "lead:another_supervisor", supervisor=str(other.pk))
    assert SupervisorWish.objects.get().wished == other
    assert "asks for you" in page(other, "care:home")
    assert "asks for" not in page(supervisor, "care:home")
    for _press in range(2):
        assert post(other, "care:not_now", supporter.pk).status_code == 302
    assert "whoever it is" in page(other, "care:home")
    for _press in range(2):
        assert post(other, "care:take_on", supporter.pk).status_code == 302
    assert current_of(supporter).supervisor == other
    assert browser_of(supervisor).get(reverse("care:person", args=[supporter.pk])).status_code == 404


def test_a_circle_is_refused_with_a_sentence(supervisor, other):
    pair(supervisor, other, other)
    answer = post(supervisor, "care:take_on", other.pk)
    assert answer.status_code == 409
    assert "supervises the other one already" in answer.content.decode()


def test_a_plan_waits_on_its_day_and_ends_when_they_say_so(supervisor, supporter):
    day = timezone.localdate()
    said = {"kinds": ["meet_more"], "from_on": day.isoformat(), "look_on": day.isoformat(),
            "until_on": (day + timedelta(days=30)).isoformat(), "agreed": "Once a week",
            "key": str(uuid4())}  # fmt: skip
    assert post(supervisor, "care:plan", supporter.pk, **said).status_code == 302
    assert "Look at the plan again" in page(supervisor, "care:home")
    assert "Once a week" in page(supporter, "lead:supervision")
    plan = SupportPlan.objects.get()
    later = (day + timedelta(days=60)).isoformat()
    post(supervisor, "care:plan_again", supporter.pk, plan.pk, look_on=later, until_on=later)
    assert "Look at the plan again" not in page(supervisor, "care:home")
    post(supervisor, "care:plan_end", supporter.pk, plan.pk)
    plan.refresh_from_db()
    assert plan.ended_on == day


def test_a_talk_is_asked_on_one_page_and_taken_on_the_other(supervisor, other, supporter):
    assert "tel:" in page(supporter, "lead:talk"), "whom to call now"
    for _press in range(2):
        post(supporter, "lead:talk", when="now", asked=str(supervisor.pk))
    talk = Talk.objects.get()
    assert "Dominique" in page(supervisor, "care:home")
    assert "Would like to talk" not in page(other, "care:home")
    post(supervisor, "care:talk_take", talk.pk)
    assert "Robin takes care of it" in page(supporter, "lead:talk")
    post(supporter, "lead:talk_done", talk.pk)
    assert not Talk.objects.unsettled().exists()


def test_open_doors_are_shown_until_they_are_shut(supervisor, other, supporter):
    post(other, "care:door", hours="2")
    assert "Kim: the door is open now" in page(supporter, "lead:talk")
    post(other, "care:door", hours="")
    assert "the door is open now" not in page(supporter, "lead:talk")
    post(other, "care:door", hours="999")
    assert "the door is open now" not in page(supporter, "lead:talk")


def test_the_pages_write_who_read_what(supervisor, supporter):
    note_meeting(user=supporter, by=supervisor, kind="one", held_on=timezone.localdate(), minutes=30, agreed="-")
    before = Entry.objects.count()
    page(supervisor, "care:person", supporter.pk)
    seen = Entry.objects.order_by("id")[before:]
    assert {(one.model, one.person, one.purpose) for one in seen} >= {
        ("psp.user", supporter.pk, "care"), ("supporters.supervisionmeeting", supporter.pk, "care"),
    }  # fmt: skip


def test_what_two_agreed_on_is_on_no_page_of_anybody_else_nor_in_a_log(caplog):
    """A telling word in every sealed field; every page with GET that a role may open is looked at."""
    world = a_world()
    supporter, supervisor = world.accounts[Role.SUPPORTER], world.accounts[Role.SUPERVISOR]
    made = note_meeting(
        user=supporter, by=supervisor, kind="one", held_on=timezone.localdate(), minutes=30, agreed=CANARY
    )
    add_own_line(meeting=made, by=supporter, text=CANARY)
    plan = SupportPlan.objects.get(user=supporter)
    plan.ended_on = timezone.localdate()
    plan.save()
    day = timezone.localdate()
    make_plan(user=supporter, by=supervisor, kinds=[], from_on=day, look_on=day, until_on=day, agreed=CANARY)
    assert CANARY in page(supervisor, "care:person", supporter.pk)
    assert CANARY in page(supporter, "lead:supervision")
    for role, account in world.accounts.items():
        if role in (Role.SUPPORTER, Role.SUPERVISOR):
            continue
        browser = Browser(raise_request_exception=False)
        make.sign_in(browser, account)
        for name, rule in POLICY.items():
            if rule.method != "get" or role not in rule.who:
                continue
            answer = browser.get(reverse(name, args=rule.of(world) if rule.of else ()))
            assert CANARY.encode() not in getattr(answer, "content", b""), (role, name)
    with connection.cursor() as cursor:
        for table in (
            "supporters_supervisionmeeting",
            "supporters_supportplan",
            "contact_outboxmessage",
            "audit_entry",
        ):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} AS t")
            assert CANARY not in (cursor.fetchone()[0] or ""), table
    assert CANARY not in caplog.text


def test_another_supervisor_opens_none_of_it(supervisor, other, supporter):
    made = note_meeting(
        user=supporter, by=supervisor, kind="one", held_on=timezone.localdate(), minutes=30, agreed=CANARY
    )
    ask_for_another(by=supporter, wished=other)
    ask_talk(by=supporter, asked=None, when="now")
    assert CANARY not in page(other, "care:home")
    for name, args in (("care:person", [supporter.pk]), ("care:meeting", [supporter.pk]), ("lead:own_line", [made.pk])):
        assert browser_of(other).get(reverse(name, args=args)).status_code == 404
    pair(supporter, other, other)
    assert CANARY not in page(other, "care:person", supporter.pk)
    post(supporter, "lead:show_meeting", made.pk, shown="1")
    assert CANARY in page(other, "care:person", supporter.pk)


def test_kinds_of_more_support_are_kept_by_administrators_and_no_plan_is_there(supervisor, supporter):
    day = timezone.localdate()
    make_plan(user=supporter, by=supervisor, kinds=["meet_more"], from_on=day, until_on=day, look_on=day, agreed=CANARY)
    browser = browser_of(make.with_role(make.a_user(), Role.ADMINISTRATOR))
    url = "/admin/supporters/supportkind/meet_more/change/"
    assert browser.get(url).status_code == 200
    said = {"name_en": "We meet each week", "name_fr": "Nous nous voyons chaque semaine", "order": "10"}
    assert browser.post(url, said).status_code == 302
    kind = SupportKind.objects.get(pk="meet_more")
    assert (str(kind), kind.offered) == ("We meet each week", False)
    assert kind.history.first().history_user.roles.get().role == Role.ADMINISTRATOR
    assert "We meet each week" in browser.get("/admin/supporters/supportkind/meet_more/history/").content.decode()
    assert CANARY not in browser.get("/admin/supporters/supportkind/").content.decode()
    assert browser.get("/admin/supporters/supportplan/").status_code == 404
    assert "We meet each week" in page(supporter, "lead:supervision"), "a plan goes on naming what is not offered"
    assert "We meet each week" not in page(supervisor, "care:plan", make_other(supervisor).pk)


def make_other(supervisor) -> User:
    found = make.a_newcomer()
    pair(found, supervisor, supervisor)
    return found


@pytest.mark.parametrize("what", ["supervision", "training"])
def test_supervisors_find_their_own_pages_from_theirs(supervisor, what):
    address = reverse(f"lead:{what}")
    assert f'href="{address}"' in page(supervisor, "care:home")
    assert browser_of(supervisor).get(address).status_code == 200
