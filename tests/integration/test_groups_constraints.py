"""Every rule that the database itself keeps about groups, broken once in plain SQL as the application's role.

The list is held against the database's own catalogue: a rule that nobody tries to break fails the last test.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from groups.models import (
    Forming,
    FormingGroup,
    FormingLead,
    FormingPlace,
    FormingRun,
    Invitation,
    LeadProfile,
    QueuePlace,
)
from groups.services import establish
from groups.services_conflicts import take_care
from intake.services_apart import note_apart
from psp.errors import constraint_name
from tests import factories as make

pytestmark = pytest.mark.django_db

INVITE = """INSERT INTO groups_invitation (id, group_id, kind, participant_id, user_id, role, state, sent_at, answer_by)
            VALUES (gen_random_uuid(), %({group})s, '{kind}', {participant}, {user}, '{role}', '{state}', now(),
                    now() + interval '{leaves}')"""
JOIN = """INSERT INTO groups_membership (id, group_id, participant_id, state, joined_at, shared_needs)
          VALUES (gen_random_uuid(), %({group})s, %({participant})s, '{state}', now(), '{{}}')"""
QUEUE = """INSERT INTO groups_queueplace (id, group_id, participant_id, state, since)
           VALUES (gen_random_uuid(), %({group})s, %({participant})s, '{state}', now())"""
LEAD = "INSERT INTO groups_grouplead (group_id, user_id, role) VALUES (%({group})s, %({user})s, 'facilitator')"


def invite(*, group="forming", kind="formal", participant="%(outsider)s", user="NULL", role="", state="open",
           leaves="7 days") -> str:  # fmt: skip
    return INVITE.format(
        group=group, kind=kind, participant=participant, user=user, role=role, state=state, leaves=leaves
    )


def join(group="forming", participant="outsider", state="member") -> str:
    return JOIN.format(group=group, participant=participant, state=state)


def queue(group="informal", participant="outsider", state="waiting") -> str:
    return QUEUE.format(group=group, participant=participant, state=state)


def lead(group="forming", user="somebody") -> str:
    return LEAD.format(group=group, user=user)


def change(table: str, values: str, key: str) -> str:
    return f"UPDATE groups_{table} SET {values} WHERE {key}"


def of(key: str) -> str:
    return f"id = %({key})s"


# The rule's name in the database → what breaks it.
BROKEN: dict[str, str] = {
    # Kinds
    "kind_sizes_in_order": change("kindsetting", "max_size = 3", "kind = 'formal'"),
    "kind_answer_days_sensible": change("kindsetting", "answer_days = 61", "kind = 'formal'"),
    "kind_reminds_within": change("kindsetting", "remind_days = answer_days", "kind = 'formal'"),
    # Groups
    "group_kind_known": """INSERT INTO groups_peergroup
        SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'kind', 'secret'))).*
        FROM groups_peergroup AS one WHERE id = %(empty)s""",
    "group_state_known": change("peergroup", "state = 'secret'", of("empty")),
    "group_sizes_in_order": change("peergroup", "max_size = 3", of("forming")),
    "group_formal_at_most_10": change("peergroup", "max_size = 11", of("forming")),
    "group_formal_not_opened": change("peergroup", "opened_at = now()", of("forming")),
    "group_keeps_kind": change("peergroup", "kind = 'informal'", of("forming")),
    "group_never_back": change("peergroup", "state = 'forming'", of("established")),
    "group_keeps_sizes": change("peergroup", "max_size = 9", of("established")),
    "group_enough_members": change("peergroup", "state = 'established'", of("empty")),
    "group_no_open_invitations": change("peergroup", "state = 'established'", of("forming")),
    # Places
    "membership_once": join(participant="member"),
    "membership_state_known": change("membership", "state = 'secret'", of("place")),
    "membership_stays_put": change("membership", "participant_id = %(outsider)s", of("place")),
    "membership_group_open": join("established"),
    "membership_group_full": join("full"),
    "membership_kept_apart": join(participant="kept_apart"),
    # Those who lead
    "lead_once": lead(user="leader"),
    "lead_kept_apart": lead(user="kept_apart_user"),
    "lead_languages_known": change("leadprofile", "languages = '{xx}'", "user_id = %(leader)s"),
    "lead_modalities_known": change("leadprofile", "modalities = '{by_owl}'", "user_id = %(leader)s"),
    "lead_week_well_formed": change("leadprofile", "availability = '[[10, 20]]'", "user_id = %(leader)s"),
    "lead_in_person_somewhere": change("leadprofile", "modalities = '{in_person}'", "user_id = %(leader)s"),
    "lead_at_most_10_groups": change("leadprofile", "max_groups = 11", "user_id = %(leader)s"),
    # Invitations
    "invitation_state_known": invite(state="secret"),
    "invitation_to_one": invite(user="%(somebody)s", role="facilitator"),
    "invitation_leaves_time": invite(leaves="-1 hour"),
    "invitation_one_formal": invite(group="empty", participant="%(asked)s"),
    "invitation_open_once": invite(group="informal", kind="informal", participant="%(asked_too)s"),
    "invitation_lead_open_once": invite(participant="NULL", user="%(asked_lead)s", role="facilitator"),
    "invitation_stays_put": change("invitation", "group_id = %(empty)s", of("invitation")),
    "invitation_answer_final": change("invitation", "state = 'open'", of("declined")),
    "invitation_kind_of_group": invite(kind="informal"),
    "invitation_group_open": invite(group="established"),
    "invitation_group_full": invite(group="full"),
    "invitation_kept_apart": invite(participant="%(kept_apart)s"),
    # Lines for open groups
    "queue_state_known": queue(state="secret"),
    "queue_once": queue(participant="queued"),
    "queue_stays_put": change("queueplace", "participant_id = %(outsider)s", of("queue")),
    "queue_never_back": change("queueplace", "state = 'waiting'", of("queue_ended")),
    "queue_group_open": queue("forming"),
    # Groups that are thought of
    "forming_state_known": change("forming", "state = 'secret'", of("board")),
    "forming_kind_known": change("forming", "kind = 'secret'", of("board")),
    "forming_of_some_region": change("forming", "program_regions = '{}'", of("board")),
    "forming_sizes_in_order": change("forming", "max_size = 3", of("board")),
    "forming_formal_at_most_10": change("forming", "max_size = 11", of("board")),
    "forming_run_state_known": change("formingrun", "state = 'secret'", of("run")),
    "forming_one_run_at_once": """INSERT INTO groups_formingrun (id, forming_id, asked_by_id, asked_at, state, change,
        aim, reached, bound, stop_asked, result)
        SELECT gen_random_uuid(), forming_id, asked_by_id, now(), 'waiting', '{}', '', 0, 0, false, '{}'
        FROM groups_formingrun WHERE id = %(run)s""",
    "forming_group_number_once": change("forminggroup", "number = 1", of("second_thought")),
    "forming_group_one_region_in_person": change("forminggroup", "modality = 'in_person'", of("thought")),
    "forming_person_once": """INSERT INTO groups_formingplace (forming_id, participant_id, excluded, pinned,
        waiting_since, reason, lack)
        SELECT forming_id, participant_id, false, false, now(), '', '{}' FROM groups_formingplace
        WHERE id = %(thought_place)s""",
    "forming_excluded_in_no_group": change("formingplace", "excluded = true", of("thought_place")),
    "forming_place_in_its_forming": change("formingplace", "group_id = %(thought_elsewhere)s", of("thought_place")),
    "forming_lead_once": """INSERT INTO groups_forminglead (group_id, user_id, role)
        SELECT group_id, user_id, role FROM groups_forminglead WHERE group_id = %(thought)s""",
    "conflict_care_once": """INSERT INTO groups_conflictcare (apart_id, group_id, by_id, since)
        SELECT apart_id, group_id, by_id, now() FROM groups_conflictcare""",
}  # fmt: skip


@pytest.fixture
def world():
    """One row of everything, by name."""
    by = make.a_coordinator("QC")
    forming = make.a_formal_group(by, members=5)
    leader = forming.leads.get().user
    member, other_member = (place.participant for place in forming.memberships.all()[:2])
    kept_apart, outsider = make.an_accepted_participant(by=by), make.an_accepted_participant(by=by)
    pair = note_apart(participant=member, other=kept_apart.user, by=by)
    kept_apart_user = make.a_facilitator()
    note_apart(participant=other_member, other=kept_apart_user, by=by)
    established = establish(group=make.a_formal_group(by, members=4), by=by)
    informal = make.a_group(by, kind="informal")
    LeadProfile.objects.update_or_create(user=leader)
    return {
        "forming": forming.pk, "established": established.pk, "full": make.a_formal_group(by, members=10).pk,
        "empty": make.a_formal_group(by).pk, "informal": informal.pk, "member": member.pk, "outsider": outsider.pk,
        "place": forming.memberships.first().pk, "leader": leader.pk, "kept_apart": kept_apart.pk,
        "kept_apart_user": kept_apart_user.pk, "somebody": make.a_facilitator().pk,
        **some_invitations(forming, informal, by), **a_line(informal), **a_board(by, outsider, leader),
        "care": take_care(apart=pair, group=forming, by=by).pk,
    }  # fmt: skip


def some_invitations(forming, informal, by) -> dict[str, object]:
    until = timezone.now() + timedelta(days=7)
    asked, declined, asked_too = (make.an_accepted_participant(by=by) for _number in range(3))
    lead = make.a_facilitator()
    common = {"group": forming, "kind": "formal", "answer_by": until}
    made = Invitation.objects.create(participant=asked, **common)
    final = Invitation.objects.create(participant=declined, **common, state="declined")
    Invitation.objects.create(user=lead, role="facilitator", **common)
    Invitation.objects.create(group=informal, kind="informal", participant=asked_too, answer_by=until)
    return {"asked": asked.pk, "asked_too": asked_too.pk, "asked_lead": lead.pk, "invitation": made.pk,
            "declined": final.pk}  # fmt: skip


def a_line(informal) -> dict[str, object]:
    waiting = QueuePlace.objects.create(group=informal, participant=make.a_participant())
    ended = QueuePlace.objects.create(group=informal, participant=make.a_participant(), state="ended")
    return {"queued": waiting.participant_id, "queue": waiting.pk, "queue_ended": ended.pk}


def a_board(by, participant, leader) -> dict[str, object]:
    board = Forming.objects.create(
        program_regions=["QC"], starts_after=timezone.localdate(), time_zone="America/Toronto", min_size=4, max_size=10,
        session_count=10, minutes=90, created_by=by,
    )  # fmt: skip
    thought, second = (
        FormingGroup.objects.create(
            forming=board, number=number, starts_at=timezone.now(), language="fr", modality="virtual"
        )
        for number in (1, 2)
    )
    place = FormingPlace.objects.create(
        forming=board, participant=participant, group=thought, waiting_since=timezone.now()
    )
    elsewhere = make.a_thought_of_group(make.a_forming(by), [])
    FormingLead.objects.create(group=thought, user=leader)
    return {"board": board.pk, "run": FormingRun.objects.create(forming=board, asked_by=by).pk, "thought": thought.pk,
            "second_thought": second.pk, "thought_place": place.pk, "thought_elsewhere": elsewhere.pk}  # fmt: skip


def refused_by(statement: str, world) -> str:
    """Name of the rule that refuses this statement; "" if none does."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, world)
            assert cursor.rowcount, f"this changes nothing: {statement}"
    except IntegrityError as error:
        return constraint_name(error)
    return ""


def test_each_rule_of_the_database_refuses_what_breaks_it_by_its_name(world):
    found = {name: refused_by(statement, world) for name, statement in BROKEN.items()}
    assert {name: other for name, other in found.items() if other != name} == {}


NAMED = """
    SELECT conname FROM pg_constraint
     WHERE conrelid::regclass::text LIKE 'groups\\_%%' AND conrelid::regclass::text NOT LIKE '%%historical%%'
       AND contype IN ('c', 'u', 'x')
    UNION
    SELECT indexrelid::regclass::text FROM pg_index
     WHERE indisunique AND indrelid::regclass::text LIKE 'groups\\_%%'
       AND indrelid::regclass::text NOT LIKE '%%historical%%'
"""
JUDGES = """
    SELECT prosrc FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid
     WHERE tgrelid::regclass::text LIKE 'groups\\_%%' AND NOT tgisinternal
"""


def test_every_rule_that_the_database_knows_is_in_the_list():
    """Of constraints, unique indexes and triggers; Django's own names, which begin with the table's, are left out."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED)
        known = {name for (name,) in cursor.fetchall() if not name.startswith("groups_")}
        cursor.execute(JUDGES)
        known |= {name for (body,) in cursor.fetchall() for name in re.findall(r"CONSTRAINT = '(\w+)'", body)}
    assert known == set(BROKEN)
