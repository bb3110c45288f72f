"""Two people who must not meet turn out to be in one group: from the desk's card to its end, and what others see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visitor
from tests.e2e.people import follow, sign_in_participant, sign_in_team
from tests.e2e.stack import Stack

# An established group with dates; afterwards a pair is noted among its members.
TOGETHER = """
from datetime import timedelta
from django.utils import timezone
from contact.services import set_safe_contact
from groups.services import add_member, establish
from intake.services_apart import note_apart
from psp.models import User
from sessions.services import schedule_series
from tests import factories as make
coordinator = User.objects.get(username="{coordinator}")
one, other = (
    make.an_accepted_participant("{region}", by=coordinator, name=name, language="{language}",
                                 consents=("taking_part", "contact_email"),
                                 email=name.split()[0].lower() + ".{language}@example.org")
    for name in ("Camille Un", "Dominique Deux")
)
group = make.a_formal_group(coordinator, members=2, program_region="{region}", region="{region}",
                            language="{language}", name_en="Soft evenings", name_fr="Les soirs calmes",
                            starts_on=timezone.localdate() + timedelta(days=30))
for person in (one, other):
    set_safe_contact(person=person.user, by=person.user, email_safe=True, language="{language}")
    add_member(group=group, participant=person, by=coordinator)
schedule_series(group=establish(group=group, by=coordinator), by=coordinator)
note_apart(participant=one, other=other.user, by=coordinator)
print(group.pk)
"""
PRESENT = """
from groups.models import Membership
print(Membership.objects.active().filter(group="{group}").count())
"""
DESKS = {"fr": ("coordinator.qc", "QC"), "en": ("coordinator.on", "ON")}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_late_conflict_is_found_taken_over_and_mended(
    site: Stack, visitor: Callable[..., Visitor], language: str
) -> None:
    username, region = DESKS[language]
    group = site.run(TOGETHER.format(coordinator=username, region=region, language=language))
    coordinator = visitor(language)
    sign_in_team(coordinator, username)
    page = coordinator.page
    coordinator.open("desk/")
    card = page.locator("section[aria-labelledby=card-apart]")
    assert "Dominique" not in card.inner_text(), "the card names nobody"
    follow(card.locator(f"a[href*='{group}']"))
    coordinator.check()
    follow(page.locator("form[action$='/mine/'] button"))
    coordinator.check()
    assert page.locator("form[action$='/mine/']").count() == 0, "it is theirs now"
    follow(page.get_by_role("link", name="Dominique Deux").last)
    coordinator.check()
    follow(page.locator("main form button.btn-danger"), "Enter")
    page.wait_for_url(f"**/{language}/desk/")
    coordinator.check()
    assert page.locator(f"section[aria-labelledby=card-apart] a[href*='{group}']").count() == 0
    assert site.run(PRESENT.format(group=group)) == "3"

    person = visitor(language, phone=True)
    sign_in_participant(person, f"dominique.{language}@example.org")
    person.check()
    seen = person.page.locator("main").inner_text()
    assert "Camille" not in seen
    assert coordinator.faults + person.faults == []
