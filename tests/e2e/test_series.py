"""A series over Christmas, planned on the desk by keyboard; then one session moved, cancelled, restored in French."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_team

MADE = """
from datetime import date, timedelta
from django.utils import timezone
from groups.models import PeerGroup
from groups.services import establish
from psp.accounts.services import enrol_totp
from psp.demo.accounts import PASSWORD, TOTP_SECRET
from sessions.models import Room
from tests import factories as make
who = make.a_coordinator("QC", password=PASSWORD, username="coordinator.dates", language="en",
                         email="dates@example.org", made_by_demo=True)
enrol_totp(who, TOTP_SECRET)
today = timezone.localdate()
christmas = date(today.year, 12, 25)
christmas = christmas if christmas - timedelta(days=14) > today else date(today.year + 1, 12, 25)
group = make.a_formal_group(who, members=4, name_en="Christmas evenings", name_fr="Les soirs de décembre",
                            starts_on=christmas - timedelta(days=14))
establish(group=group, by=who)
Room.objects.create(program_region_id="QC", name="Blue room", address="1 Main Street, ring twice")
print(group.pk)
"""
DAYS = """
from zoneinfo import ZoneInfo
from sessions.models import GroupSession
local = lambda one: one.starts_at.astimezone(ZoneInfo(one.group.time_zone))
rows = GroupSession.objects.filter(group="{group}").order_by("number")
print(" ".join(f"{{local(one):%m-%d/%H:%M}}/{{one.state}}" for one in rows))
"""


def test_series_over_christmas_planned_moved_cancelled_and_restored(visitor, site):
    group = site.run(MADE)
    desk = visitor("en")
    sign_in_team(desk, "coordinator.dates")
    plan(desk, group)
    days = site.run(DAYS.format(group=group)).split()
    assert len(days) == 10
    assert "12-25/19:00/scheduled" not in days

    french = visitor("fr", phone=True)
    sign_in_team(french, "coordinator.dates")
    french.open(f"desk/groups/{group}/schedule/")
    french.check()
    move(french)
    cancel_and_restore(french)
    french.open(f"desk/groups/{group}/schedule/shift/")
    french.check()
    desk.open(f"desk/groups/{group}/schedule/add/")
    desk.check()
    after = site.run(DAYS.format(group=group)).split()
    assert after[0] == f"{days[0][:5]}/18:15/scheduled"
    assert after[1:] == days[1:]
    assert [fault for who in (desk, french) for fault in who.faults + who.strangers] == []


def plan(desk, group: str) -> None:
    """Nothing but keys: the room, a day left out by hand, the dates once more, then saved."""
    desk.open("desk/closures/")
    desk.check()
    desk.open(f"desk/groups/{group}/schedule/")
    desk.check()
    expect(desk.page.locator("main tbody")).to_contain_text("Left out: Christmas Day")
    desk.page.locator("input[name=meets]").nth(1).press("Space")
    follow(desk.page.locator("button[value=save]"), "Enter")
    expect(desk.page.locator("main")).to_contain_text("Look at them, then save.")
    expect(desk.page.locator("main tbody")).to_contain_text("Left out by hand")
    desk.check()
    follow(desk.page.locator("button[value=save]"), "Enter")
    expect(desk.page.locator("main tbody a[data-row-link]")).to_have_count(10)


def move(french) -> None:
    """An hour that is too early is refused first; what was typed stays."""
    follow(french.page.locator("main tbody a[data-row-link]").first)
    french.check()
    form = french.page.locator("main form[action$='/move/']")
    day = form.locator("input[name=day]").input_value()
    form.locator("input[name=day]").fill("2020-01-03")
    form.locator("input[name=starts_at]").fill("18:15")
    follow(form.locator("button[type=submit]"))
    form = french.page.locator("main form[action$='/move/']")
    expect(form).to_contain_text("déjà passé")
    expect(form.locator("input[name=starts_at]")).to_have_value("18:15")
    french.check()
    form.locator("input[name=day]").fill(day)
    form.locator("select[name=reason]").select_option("lead")
    follow(form.locator("button[type=submit]"))
    french.page.wait_for_url(re.compile(r"/desk/sessions/[0-9a-f-]{36}/$"))
    expect(french.page.locator("main time").first).to_contain_text("18")


def cancel_and_restore(french) -> None:
    follow(french.page.locator("main a[href$='/cancel/']"))
    french.check()
    follow(french.page.locator("main form button.btn-danger"))
    french.page.wait_for_url(re.compile(r"/desk/sessions/[0-9a-f-]{36}/$"))
    french.check()
    follow(french.page.locator("main form[action$='/restore/'] button"))
    french.page.wait_for_url(re.compile(r"/desk/sessions/[0-9a-f-]{36}/$"))
    expect(french.page.locator("main form[action$='/move/']")).to_be_visible()
