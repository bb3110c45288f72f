"""What is still missing before somebody may lead, on their own page: kind, with a way to each, and never of others."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from groups.models import GroupLead
from intake.services_apart import note_apart
from psp.models import User
from supporters.joining.former import key_of
from supporters.may_lead.before import PLACES
from supporters.may_lead.words import AWAY, HIDDEN
from supporters.models import CareSetting, FormerTie
from supporters.rules import Lacks
from supporters.wellbeing.services_pause import pause_role
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
PART = 'id="before-leading"'


def page(user: User, language: str = "en") -> str:
    client = Browser()
    make.sign_in(client, user)
    answer = client.get(f"/{language}/lead/me/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("language", "title"), [("en", "Before you lead"), ("fr", "Avant d’animer")])
def test_every_missing_piece_stands_there_with_the_page_that_mends_it(language, title):
    text = page(make.a_newcomer(), language)
    part = text[text.index(PART) : text.index("</section>", text.index(PART))]
    assert title in part
    with translation.override(language):
        for name in ("agreement", "joining", "training", "supervision"):
            assert f'href="{reverse(f"lead:{name}")}"' in part, name


def test_where_nothing_is_missing_and_while_somebody_rests_nothing_is_said():
    lead = make.a_facilitator()
    assert PART not in page(lead)
    newcomer = make.a_newcomer()
    pause_role(user=newcomer, by=newcomer)
    assert PART not in page(newcomer)


def test_clinicians_are_asked_for_what_is_theirs_alone():
    text = page(make.a_new_clinician())
    part = text[text.index(PART) : text.index("</section>", text.index(PART))]
    assert reverse("lead:agreement") in part
    assert reverse("lead:supervision") not in part


def test_who_carries_more_than_the_limit_reads_it_of_what_they_lead_now():
    lead, coordinator = make.a_facilitator(), make.a_coordinator("QC")
    CareSetting.objects.update(max_groups=1)
    for _number in range(2):
        GroupLead.objects.create(group=make.a_group(coordinator), user=lead, role="facilitator")
    text = page(lead)
    assert "You lead 2 groups at once; at most, it is 1." in text
    assert "With this group" not in text


def test_whom_somebody_must_not_meet_and_who_took_part_is_never_there():
    lead, coordinator = make.a_facilitator(), make.a_coordinator("QC")
    group = make.a_formal_group(coordinator, members=2, leads=0)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    one, other = (membership.participant for membership in group.memberships.all())
    note_apart(participant=one, other=lead, by=coordinator)
    FormerTie.objects.create(user=lead, key=key_of(other.user_id))
    assert PART not in page(lead)


def test_every_piece_has_its_place_or_is_never_shown():
    assert set(PLACES) | AWAY | HIDDEN == set(Lacks)
