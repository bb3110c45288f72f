"""Who may open what: every route of the site with the roles that it is for.

A route that is not listed fails `test_property_01_every_route_has_a_policy`. To add one: a line in POLICY with
who may use it; if its address names an object, `of` picks one that the roles may see and `foreign` one that
nobody but another region or person may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from consent.models import ConsentVersion
from contact.models import MessageTemplate, ReminderRule
from groups.choices import LeadRole
from groups.models import GroupLead, Invitation, KindSetting, PeerGroup, QueuePlace
from groups.services import add_member
from groups.services_enrolling import enrol
from intake.choices import ApplicationState
from intake.models import IntakeMeeting, MeetingGuide, NameMatch, Participant, Referral
from intake.models_desk import BulkAct, Merge
from intake.services_apart import note_apart
from intake.services_booking import add_exception, add_hours
from intake.services_merge import ACCOUNT
from privacy.services import ask_erasure
from privacy.services_erasure import prepare_erasure
from psp.accounts import factors
from psp.accounts.services import enrol_totp
from psp.audit.models import Entry
from psp.choices import Kind, Role
from psp.models import CrisisLine, User
from reporting.choices import ReleaseState
from reporting.models import Series
from reporting.urls_files import KINDS
from sessions.models import CalendarFeed, Closure, Debrief, DropIn, FollowUpOffer, GroupSession, Questionnaire, Room
from sessions.services_calendar import digest_of
from supporters.incidents.models import IncidentKind, IncidentPart
from supporters.incidents.services import take_incident
from supporters.models import Acknowledgement, Pairing, ProgramText, Supporter, SupportKind
from supporters.network.models import NetworkEvent, ResourceTopic
from supporters.network.services import ask_touch, join_directory
from supporters.network.services_library import list_resource, suggest
from supporters.supervision.services import ask_for_another, note_meeting, pair, plan_next
from supporters.supervision.services_extra import make_plan
from supporters.supervision.services_talks import ask_talk
from supporters.texts.reading import needs_acknowledging
from supporters.texts.services import acknowledge
from supporters.training.services_certificates import make_certificate
from supporters.training.services_cohorts import add_cohort_lead
from supporters.training.services_cohorts import enrol as enrol_in_cohort
from supporters.training.services_evaluation import open_boxes as open_evaluations
from supporters.training.services_learning import add_goal, ask_for_course
from tests import factories, training
from tests.feedback import a_held_session
from tests.hours import hours_in_the_world
from tests.incidents import an_incident
from tests.joining import things_of_joining
from tests.platforms import a_platform_with_numbers, platform_month
from tests.released import a_release
from tests.retention import a_disposal, a_disposal_done, a_rule
from tests.stories import a_story, a_waiting_report, agreed
from tests.wellbeing import a_cover, check_ins, settings_of_wellbeing

# The secret part of the address of somebody's calendar.
FEED = "a-secret-that-is-as-long-as-a-real-one-0123"
VISITOR, PARTICIPANT = "visitor", "participant"
ROLES = (VISITOR, PARTICIPANT, *Role.values)
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {VISITOR}
TEAM = SIGNED_IN - {PARTICIPANT}
NOBODY: frozenset[str] = frozenset()


def only(*roles: str) -> frozenset[str]:
    return frozenset(roles)


@dataclass
class World:
    """One account for each role, and objects in their region ("here") and in another ("there")."""

    accounts: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


Pick = Callable[[World], tuple[Any, ...]]


@dataclass(frozen=True)
class Rule:
    """`refused`: status for roles that the route is not for. `of`, `foreign`: arguments of the address.

    `hidden`: roles that such pages are for, but not this one, which is somebody else's own: it is not found.
    """

    who: frozenset[str]
    method: str = "get"
    of: Pick | None = None
    foreign: Pick | None = None
    refused: int = 403
    hidden: frozenset[str] = frozenset()


def post(who: frozenset[str], **more: Any) -> Rule:
    return Rule(who, method="post", **more)


def thing(*names: str) -> Pick:
    """Primary keys of things of the world, as arguments."""
    return lambda world: tuple(str(world.things[name].pk) for name in names)


def given(*values: Any) -> Pick:
    return lambda _world: values


MY = only(PARTICIPANT)
DESK = only(Role.COORDINATOR)
OFFICE = only(Role.PRIVACY_OFFICER)
LEAD = only(Role.SUPPORTER, Role.CLINICIAN)
CARE = only(Role.SUPERVISOR)
LEARN = only(Role.SUPPORTER, Role.CLINICIAN, Role.SUPERVISOR)
# Supervisors are supervised too.
SUPERVISED = only(Role.SUPPORTER, Role.SUPERVISOR)
PEERS = only(Role.SUPPORTER)


def here_and_there(name: str, method: str = "get") -> Rule:
    """Open to the coordinator for the thing in the own region, not to be found for the one elsewhere."""
    return Rule(DESK, method=method, of=thing(f"{name}_here"), foreign=thing(f"{name}_there"))


def incident_routes(who: frozenset[str]) -> dict[str, Rule]:
    """The same pages in each area: one that somebody has a part in, and one of another region.

    Whoever leads has a part in what they reported themselves.
    """
    others = only(Role.CLINICIAN) & who
    here, there = thing("incident_here"), thing("incident_there")

    def acting(pick: Pick) -> Pick:
        return lambda world: (*pick(world), "follow-up")

    return {
        "incidents": Rule(who), "incident": Rule(who - others, of=here, foreign=there, hidden=others),
        "incident_act": post(who - others, of=acting(here), foreign=acting(there), hidden=others),
    }  # fmt: skip


DISPOSE = only(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
REPORTS = only(Role.ANALYST, Role.PRIVACY_OFFICER)
PAIR = thing("participant_here", "twin_here")
POLICY: dict[str, Rule] = {
    # Floor
    "root": Rule(EVERYBODY),
    "healthz": Rule(EVERYBODY),
    "readyz": Rule(EVERYBODY),
    "quick_exit": post(EVERYBODY),
    "home": Rule(EVERYBODY),
    "switch_language": Rule(EVERYBODY),
    "offer": Rule(EVERYBODY),
    "after": Rule(EVERYBODY),
    "privacy_notice": Rule(EVERYBODY),
    "certificate": Rule(EVERYBODY),
    "course_certificate": Rule(EVERYBODY),
    "safe_use": Rule(EVERYBODY),
    "feedback:answer": Rule(EVERYBODY),
    "feedback:thanks": Rule(EVERYBODY),
    "what_we_hold": Rule(EVERYBODY),
    "transparency": Rule(EVERYBODY),
    "home_for_me": Rule(SIGNED_IN),
    # Whoever has the address reads it.
    "calendar_feed": Rule(EVERYBODY, of=lambda _world: (FEED,)),
    # Sign-in
    "account_login": Rule(EVERYBODY),
    "account_request_login_code": Rule(EVERYBODY),
    "account_confirm_login_code": Rule(EVERYBODY),
    "account_logout": post(EVERYBODY),
    "account_inactive": Rule(EVERYBODY),
    "account_reauthenticate": Rule(TEAM),
    "account_change_password": Rule(TEAM),
    "account_reset_password": Rule(EVERYBODY),
    "account_reset_password_done": Rule(EVERYBODY),
    "account_reset_password_from_key": Rule(EVERYBODY, of=given("0", "no-key")),
    "account_reset_password_from_key_done": Rule(EVERYBODY),
    "account_enrol": Rule(SIGNED_IN),
    "account_end_elsewhere": post(SIGNED_IN),
    "mfa_index": Rule(SIGNED_IN),
    "mfa_authenticate": Rule(EVERYBODY),
    "mfa_reauthenticate": Rule(TEAM),
    "mfa_activate_totp": Rule(TEAM),
    "mfa_deactivate_totp": Rule(TEAM),
    "mfa_view_recovery_codes": Rule(TEAM),
    "mfa_generate_recovery_codes": Rule(TEAM),
    "mfa_add_webauthn": Rule(SIGNED_IN),
    "mfa_login_webauthn": Rule(EVERYBODY),
    "mfa_reauthenticate_webauthn": Rule(TEAM),
    "mfa_remove_webauthn": Rule(NOBODY, of=thing("passkey_there"), refused=404),
    # The application
    "intake:apply": Rule(EVERYBODY),
    "intake:check": post(EVERYBODY),
    "intake:stop": post(EVERYBODY),
    "intake:elsewhere": Rule(EVERYBODY),
    "intake:sent": Rule(EVERYBODY),
    "intake:save": Rule(EVERYBODY),
    "intake:keep": post(EVERYBODY),
    "intake:kept": Rule(EVERYBODY),
    "intake:resume": Rule(EVERYBODY),
    "intake:throw_away": post(EVERYBODY),
    "intake:gone": Rule(EVERYBODY),
    "intake:call": Rule(EVERYBODY),
    "intake:call_confirm": Rule(EVERYBODY),
    "intake:call_code": Rule(EVERYBODY),
    "intake:call_cancel": post(EVERYBODY),
    # The portal
    "my:home": Rule(MY),
    "my:application": Rule(MY),
    "my:withdraw": Rule(MY),
    "my:again": Rule(MY),
    "my:ask_again": Rule(MY),
    "my:other_time": Rule(MY),
    "my:opened": Rule(MY),
    "my:preferences": Rule(MY),
    "my:change_preferences": Rule(MY),
    "my:meeting": Rule(MY),
    "my:meeting_times": Rule(MY),
    "my:meeting_confirm": Rule(MY),
    "my:meeting_wish": Rule(MY),
    "my:meeting_calendar": Rule(MY, of=thing("meeting_here"), foreign=thing("meeting_there")),
    "rights:overview": Rule(MY),
    "rights:copy": Rule(MY),
    "rights:copy_json": Rule(MY),
    "rights:copy_all": Rule(MY),
    "rights:copy_pdf": Rule(MY),
    "rights:details": Rule(MY),
    "rights:correct": Rule(MY),
    "rights:delete": Rule(MY),
    "rights:notices": Rule(MY),
    "rights:request": Rule(MY, of=thing("correction_here"), foreign=thing("correction_there")),
    "rights:take_back": post(MY, of=thing("correction_here"), foreign=thing("correction_there")),
    "my_invitations:mine": Rule(MY),
    "my_invitations:one": Rule(MY, of=thing("invitation_here"), foreign=thing("invitation_there")),
    **{
        f"my_invitations:{name}": post(MY, of=thing("invitation_here"), foreign=thing("invitation_there"))
        for name in ("again", "not_after_all")
    },
    "lead_invitations:one": Rule(LEAD, of=thing("group_here"), foreign=thing("group_there")),
    "lead_invitations:again": post(LEAD, of=thing("group_here"), foreign=thing("group_there")),
    "my_sessions:mine": Rule(MY),
    "my_sessions:groups": Rule(MY),
    **{
        f"my_sessions:{name}": Rule(MY, of=thing("my_group_here"), foreign=thing("my_group_there"))
        for name in ("group", "leave", "needs")
    },
    "my_sessions:enrol": post(MY, of=thing("my_group_here"), foreign=thing("my_group_there")),
    "my_sessions:leave_line": Rule(MY, of=thing("my_line_here"), foreign=thing("my_line_there")),
    "my_sessions:file": Rule(MY, of=thing("my_session_here"), foreign=thing("my_session_there")),
    "my_sessions:feed": Rule(MY),
    "my_sessions:slip": Rule(MY, of=thing("felt_here"), foreign=thing("felt_there")),
    "my_sessions:questions": Rule(
        MY,
        of=lambda world: (str(world.things["felt_here"].group_id), "after"),
        foreign=lambda world: (str(world.things["felt_there"].group_id), "after"),
    ),
    "my_sessions:coming": post(MY, of=thing("my_session_here"), foreign=thing("my_session_there")),
    "my_sessions:code": Rule(MY),
    "my_sessions:call": Rule(MY, of=thing("offer_here"), foreign=thing("offer_there")),
    "consent:leave": Rule(MY),
    "consent:left": Rule(MY),
    "consent:list": Rule(MY),
    "consent:text": Rule(MY, of=thing("consent_here"), foreign=thing("consent_there")),
    "consent:paper": Rule(MY, of=thing("consent_here"), foreign=thing("consent_there")),
    "consent:sign": Rule(MY, of=given("results")),
    "consent:withdraw": Rule(MY, of=given("taking_part")),
    "consent:withdrawn": Rule(MY, of=given("taking_part")),
    "contact:safe_contact": Rule(MY),
    "contact:change": Rule(MY),
    "contact:confirm": Rule(MY),
    "contact:reminders": Rule(MY),
    "contact:messages": Rule(MY),
    "my_joining:page": Rule(MY),
    "my_joining:take_back": Rule(MY),
    # The desk
    "desk:met_again": Rule(
        DESK, of=thing("participant_here", "joining_here"), foreign=thing("participant_there", "joining_here")
    ),
    "desk:today": Rule(DESK),
    "desk:applications": Rule(DESK),
    "desk:board": Rule(DESK),
    "desk:duplicates": Rule(DESK),
    "desk:merge_with": here_and_there("participant", method="post"),
    "desk:merge": Rule(
        DESK, of=thing("participant_here", "twin_here"), foreign=thing("participant_here", "twin_there")
    ),
    "desk:different": post(DESK, of=thing("participant_here", "twin_here"), foreign=thing("twin_there", "twin_here")),
    "desk:unmerge": here_and_there("merge", method="post"),
    "desk:bulk": post(DESK),
    "desk:bulk_done": here_and_there("bulk_act"),
    "desk:bulk_undo": here_and_there("bulk_act", method="post"),
    "desk:meetings": Rule(DESK),
    "desk:search": Rule(DESK),
    "desk:enter": Rule(DESK),
    "desk:elsewhere": Rule(DESK),
    "desk:glass_open": post(DESK),
    "desk:glass": here_and_there("glass"),
    "desk:glass_close": here_and_there("glass", method="post"),
    "desk:availability": Rule(DESK),
    "desk:hours_add": post(DESK),
    "desk:hours_remove": here_and_there("hours", method="post"),
    "desk:day_add": post(DESK),
    "desk:day_remove": here_and_there("day", method="post"),
    "desk:waiting": Rule(DESK),
    "desk:priority": here_and_there("waiting"),
    "desk:priority_end": here_and_there("waiting", method="post"),
    "desk:apart_note": here_and_there("participant"),
    "desk:apart_end": here_and_there("apart"),
    **{
        f"desk:{name}": Rule(
            DESK, of=thing("apart_here", "group_here"), foreign=thing("apart_there", "group_there"), method=method
        )
        for name, method in (("conflict", "get"), ("conflict_take", "post"))
    },
    "desk:conflict_part": Rule(
        DESK,
        of=thing("apart_here", "group_here", "person_here"),
        foreign=thing("apart_there", "group_there", "person_there"),
    ),
    "desk:matches": Rule(DESK),
    "desk:match_decide": here_and_there("match", method="post"),
    "desk:groups": Rule(DESK),
    "desk:calendar": Rule(DESK),
    "desk:formings": Rule(DESK),
    **{f"desk:forming{name}": here_and_there("forming") for name in ("", "_pool", "_send")},
    **{
        f"desk:forming_{name}": here_and_there("forming", method="post")
        for name in ("drop", "restore", "search", "stop", "try", "move", "pin", "keep", "group", "remove", "lead")
    },
    "desk:group_new": Rule(DESK),
    "desk:messages": Rule(DESK),
    "desk:calls": Rule(DESK),
    "desk:rechecks": Rule(DESK),
    "desk:call": here_and_there("call"),
    "desk:message_dealt": here_and_there("troubled", method="post"),
    "desk:reminders": Rule(DESK),
    **{f"desk:reminder_{name}": here_and_there("reminder", method="post") for name in ("retry", "tell")},
    "desk:file": here_and_there("participant"),
    "desk:corrections": Rule(DESK),
    "desk:correction": here_and_there("correction"),
    **{
        f"desk:{name}": here_and_there("application")
        for name in ("set_meeting", "accept", "decline", "refer", "defer", "take_up", "answers", "withdraw")
    },
    **{
        f"desk:{name}": here_and_there("meeting")
        for name in ("meeting", "move_meeting", "cancel_meeting", "missed_meeting")
    },
    **{
        f"desk:{name}": here_and_there("meeting", method="post")
        for name in ("hand_meeting", "free_meeting", "meeting_link")
    },
    "desk:take_call": post(DESK, of=given("00000000-0000-0000-0000-000000000000")),
    "desk:countersign": here_and_there("consent", method="post"),
    "desk:consent_paper": here_and_there("consent"),
    "desk:consent_enter": Rule(
        DESK,
        of=lambda world: (str(world.things["participant_here"].pk), "results"),
        foreign=lambda world: (str(world.things["participant_there"].pk), "results"),
    ),
    "desk:consent_end": Rule(
        DESK,
        of=lambda world: (str(world.things["participant_here"].pk), "contact_email"),
        foreign=lambda world: (str(world.things["participant_there"].pk), "contact_email"),
    ),
    **{
        f"desk:{name}": here_and_there("group")
        for name in (
            "group",
            "group_add",
            "group_establish",
            "group_complete",
            "group_cancel",
            "group_schedule",
            "session_add",
            "sessions_shift",
            "group_place",
        )
    },
    **{f"desk:{name}": here_and_there("my_group") for name in ("group_open", "group_close")},
    "desk:queue_end": here_and_there("my_place"),
    "desk:lead_add": here_and_there("group"),
    "desk:group_met_again": here_and_there("group"),
    "desk:lead_invite": here_and_there("group", method="post"),
    "desk:group_invite": Rule(DESK, method="post", of=thing("group_here"), foreign=thing("group_there"), refused=403),
    **{
        f"desk:invitation_{name}": here_and_there("invitation", method="post")
        for name in ("remind", "take_back", "answer")
    },
    "desk:place_end": here_and_there("membership"),
    "desk:lead_end": here_and_there("lead", method="post"),
    "desk:session": here_and_there("session"),
    "desk:session_video": here_and_there("session", method="post"),
    "desk:session_move": here_and_there("session", method="post"),
    "desk:session_cancel": here_and_there("session"),
    "desk:session_place": here_and_there("session", method="post"),
    "desk:session_restore": here_and_there("cancelled_session", method="post"),
    "desk:closures": Rule(DESK),
    "desk:closure_remove": here_and_there("closed_days", method="post"),
    "desk:after_sessions": Rule(DESK),
    "desk:code_settle": here_and_there("drop_in", method="post"),
    "desk:talk_done": here_and_there("debrief", method="post"),
    "desk:follow_up": here_and_there("offer"),
    # Those who lead, supervisors, figures, and the access log
    "lead:home": Rule(LEAD),
    "lead:me": Rule(LEAD),
    "lead:training": Rule(LEARN),
    "lead:training_goal_add": post(only(Role.SUPPORTER, Role.SUPERVISOR)),
    "lead:training_ask": post(only(Role.SUPPORTER, Role.SUPERVISOR)),
    "lead:training_cohort": Rule(LEARN, of=thing("cohort")),
    "lead:training_enrol": post(only(Role.SUPPORTER), of=thing("cohort")),
    "lead:training_slip": Rule(only(Role.SUPPORTER), of=thing("evaluation"), hidden=only(Role.SUPERVISOR)),
    "lead:training_session": Rule(
        only(Role.CLINICIAN, Role.SUPERVISOR), of=thing("cohort_session"), hidden=only(Role.SUPPORTER)
    ),
    **{
        f"lead:training_{name}": Rule(
            only(Role.SUPPORTER), method=method, of=thing(what), hidden=only(Role.CLINICIAN, Role.SUPERVISOR)
        )
        for name, what, method in (
            ("goal_close", "goal", "post"),
            ("ask_withdraw", "asked", "post"),
            ("leave", "enrolment", "post"),
            ("certificate_make", "completed", "post"),
            ("certificate", "certificate", "get"),
            ("certificate_withdraw", "certificate", "post"),
        )
    },
    **{f"lead:{name}": Rule(only(Role.SUPPORTER)) for name in ("joining", "end_role")},
    "lead:come_back": post(only(Role.SUPPORTER)),
    "lead:readiness_comment": post(
        only(Role.SUPPORTER), of=thing("conversation_mine"), foreign=thing("conversation_there")
    ),
    "lead:pause": Rule(LEAD),
    "lead:pause_end": post(LEAD),
    "lead:wellbeing": Rule(only(Role.SUPPORTER)),
    **{f"lead:check_in_{name}": post(only(Role.SUPPORTER)) for name in ("away", "wishes")},
    "lead:check_in": Rule(only(Role.SUPPORTER), of=thing("check_in_here"), foreign=thing("check_in_there")),
    **{
        f"lead:check_in_{name}": post(only(Role.SUPPORTER), of=thing("check_in_here"), foreign=thing("check_in_there"))
        for name in ("share", "remove")
    },
    "lead:check_in_take_back": post(
        only(Role.SUPPORTER), of=thing("check_in_here", "shared_with"), foreign=thing("check_in_there", "shared_with")
    ),
    "care:check_ins": Rule(CARE),
    **{
        f"lead:{name}": post(LEAD, of=thing("session_here"), foreign=thing("session_there"))
        for name in ("cannot", "after_all", "debrief_away")
    },
    "desk:covers": Rule(DESK),
    "desk:cover": here_and_there("cover"),
    **{f"desk:cover_{name}": here_and_there("cover", method="post") for name in ("alone", "reopen", "theirs")},
    "lead:times": Rule(only(Role.SUPPORTER)),
    "lead:times_pause": post(only(Role.SUPPORTER)),
    "lead:group": Rule(LEAD, of=thing("group_here"), foreign=thing("group_there")),
    "lead:file": Rule(LEAD, of=thing("session_here"), foreign=thing("session_there")),
    "lead:feed": Rule(LEAD),
    "lead:reminders": Rule(LEAD),
    "lead:calendar": Rule(LEAD),
    "lead:session": Rule(LEAD, of=thing("session_here"), foreign=thing("session_there")),
    "lead:thanks": Rule(LEAD, of=thing("session_here"), foreign=thing("session_there")),
    "lead:drop_in": Rule(LEAD, of=thing("session_here"), foreign=thing("session_there")),
    "lead:debrief": Rule(LEAD, of=thing("session_here"), foreign=thing("session_there")),
    "care:home": Rule(CARE),
    # Peer supporters among themselves: who may be found is nobody else's business.
    **{f"lead:{name}": Rule(PEERS) for name in ("network", "network_entry", "events")},
    "lead:network_leave": post(PEERS),
    "lead:network_ask": Rule(PEERS, of=thing("found_here"), foreign=thing("found_there")),
    "lead:network_answer": Rule(PEERS, of=thing("touch_here"), foreign=thing("touch_there")),
    "lead:network_end": post(PEERS, of=thing("touch_here"), foreign=thing("touch_there")),
    "lead:event_come": post(PEERS, of=thing("event")),
    "lead:event_leave": post(PEERS, of=thing("event")),
    "lead:library": Rule(LEAD),
    "lead:library_suggest": Rule(LEAD),
    "lead:library_broken": post(LEAD, of=thing("resource"), foreign=thing("resource_suggested")),
    **{f"care:{name}": Rule(CARE) for name in ("network", "event_new", "resource_new")},
    "care:event": Rule(CARE, of=thing("event")),
    "care:event_cancel": post(CARE, of=thing("event")),
    "care:resource": Rule(CARE, of=thing("resource")),
    "care:resource_checked": post(CARE, of=thing("resource")),
    "care:resource_out": post(CARE, of=thing("resource")),
    # What people work by: each role has its own text, and nobody sees what somebody else agreed to.
    "lead:agreement": Rule(LEAD),
    "lead:agreed": Rule(only(Role.SUPPORTER), of=thing("said_here"), foreign=thing("said_there"), refused=404),
    "lead:protocol": Rule(LEAD),
    "care:agreement": Rule(CARE),
    "care:agreed": Rule(CARE, of=thing("said_care"), foreign=thing("said_there"), refused=404),
    "care:protocol": Rule(CARE),
    "desk:agreement": Rule(DESK),
    "desk:agreed": Rule(DESK, of=thing("said_desk"), foreign=thing("said_there"), refused=404),
    "desk:protocol": Rule(DESK),
    "care:training": Rule(CARE),
    "care:training_new": Rule(CARE),
    **{
        f"care:training_{name}": Rule(CARE, method=method, of=thing("cohort"))
        for name, method in (
            ("cohort", "get"),
            ("move", "post"),
            ("places", "post"),
            ("lead", "post"),
            ("enrol", "post"),
            ("complete", "post"),
            ("date_add", "post"),
        )
    },
    "care:training_lead_remove": post(CARE, of=thing("cohort", "cohort_lead")),
    "care:training_session": Rule(CARE, of=thing("cohort_session")),
    "care:training_date": Rule(CARE, of=thing("cohort_session")),
    "care:training_place_end": post(CARE, of=thing("enrolment")),
    "care:training_answer": Rule(CARE, of=thing("asked"), foreign=thing("asked_elsewhere")),
    "care:training_person": Rule(CARE, of=thing("learner"), foreign=thing("learner_elsewhere")),
    "care:training_take_back": post(CARE, of=thing("completed"), foreign=thing("completed_elsewhere")),
    "care:joining": Rule(CARE),
    "care:joining_note": Rule(CARE),
    # Whoever supervises sees every interest: nobody is at anybody's side yet.
    **{f"care:interest_{name}": post(CARE, of=thing("interest_noted")) for name in ("take_up", "leave", "drop")},
    **{
        f"care:{name}": Rule(CARE, method=method, of=thing("joining_here"), foreign=thing("joining_there"))
        for name, method in (
            ("joiner", "get"),
            ("readiness", "get"),
            ("end_role", "get"),
            ("begin_leading", "post"),
            ("send_link", "post"),
        )
    },
    **{
        f"care:readiness_{name}": Rule(
            CARE, method=method, of=thing("conversation_here"), foreign=thing("conversation_there")
        )
        for name, method in (("change", "get"), ("withdraw", "post"))
    },
    **{
        f"{area}:{name}": rule
        for area, who in (("lead", LEAD), ("care", CARE), ("desk", DESK), ("office", OFFICE))
        for name, rule in incident_routes(who).items()
    },
    "lead:incident_report": Rule(LEAD),
    "care:incident_report": Rule(CARE),
    "desk:incident_report": Rule(DESK),
    "care:incident_review": Rule(CARE),
    "office:incident_review": Rule(OFFICE),
    # Hours, leave and limits: each one's own, and those of whom one supervises; pay without a name.
    **{f"lead:{name}": Rule(LEAD) for name in ("hours", "hours_add", "leave", "accommodation", "limits")},
    **{f"lead:{name}": post(LEAD) for name in ("hours_take", "hours_send", "hours_take_back", "limits_end")},
    **{
        f"lead:{name}": Rule(only(Role.SUPPORTER), of=thing("worked_here"), foreign=thing("worked_there"), refused=404)
        for name in ("hours_line", "hours_correct")
    },
    **{
        f"lead:{name}": post(only(Role.SUPPORTER), of=thing(f"{of}_here"), foreign=thing(f"{of}_there"), refused=404)
        for name, of in (("hours_remove", "worked"), ("leave_back", "leave"), ("accommodation_end", "need"))
    },
    "care:hours": Rule(CARE),
    **{
        f"care:{name}": post(CARE, of=thing("hours_lead_here"), foreign=thing("hours_lead_there"))
        for name in ("hours_approve", "hours_undo")
    },
    **{
        f"care:{name}": Rule(CARE, of=thing("hours_lead_here"), foreign=thing("hours_lead_there"))
        for name in ("hours_return", "limits")
    },
    "care:leave_decide": post(CARE, of=thing("leave_asked"), foreign=thing("leave_there")),
    "care:accommodation_agree": post(CARE, of=thing("need_asked"), foreign=thing("need_there")),
    "desk:pay": Rule(DISPOSE),
    "desk:pay_ask": post(only(Role.ADMINISTRATOR)),
    "desk:pay_roles": Rule(only(Role.ADMINISTRATOR)),
    **{f"desk:{name}": post(DISPOSE, of=thing("pay_asked")) for name in ("pay_approve", "pay_drop")},
    "desk:pay_file": post(only(Role.ADMINISTRATOR), of=thing("pay_made"), foreign=thing("pay_asked")),
    "care:take": post(CARE, of=thing("debrief_here"), foreign=thing("debrief_there")),
    "care:end": post(CARE, of=thing("debrief_here"), foreign=thing("debrief_there")),
    "desk:free_leads": Rule(DESK),
    "desk:support_first": Rule(DESK),
    "care:concern_take": post(CARE, of=thing("concern_here"), foreign=thing("concern_there")),
    "care:together": Rule(CARE),
    "desk:unsupervised": Rule(DESK),
    "care:door": post(CARE),
    **{
        f"care:{name}": Rule(CARE, of=thing("supervised_here"), foreign=thing("supervised_there"))
        for name in ("person", "meeting", "next", "plan", "hand_over")
    },
    "care:next_off": post(CARE, of=thing("supervised_here"), foreign=thing("supervised_there")),
    "care:take_on": post(CARE, of=thing("alone_here"), foreign=thing("supervised_there")),
    "care:not_now": post(CARE, of=thing("wish_here"), foreign=thing("wish_there")),
    "care:plan_again": Rule(
        CARE, of=thing("supervised_here", "support_here"), foreign=thing("supervised_there", "support_there")
    ),
    "care:plan_end": post(
        CARE, of=thing("supervised_here", "support_here"), foreign=thing("supervised_there", "support_there")
    ),
    **{
        f"care:{name}": post(CARE, of=thing("talk_here"), foreign=thing("talk_there"))
        for name in ("talk_take", "talk_done")
    },
    **{f"lead:{name}": Rule(SUPERVISED) for name in ("supervision", "talk", "another_supervisor")},
    **{f"lead:{name}": post(SUPERVISED) for name in ("another_back", "next_off")},
    "lead:next_file": Rule(SUPERVISED, of=thing("next_here"), foreign=thing("next_there")),
    **{
        f"lead:{name}": post(only(Role.SUPPORTER), of=thing("talk_here"), foreign=thing("talk_there"))
        for name in ("talk_back", "talk_done")
    },
    "lead:own_line": Rule(only(Role.SUPPORTER), of=thing("agreed_here"), foreign=thing("agreed_there")),
    "lead:show_meeting": post(only(Role.SUPPORTER), of=thing("agreed_here"), foreign=thing("agreed_there")),
    "lead:show_plan": post(only(Role.SUPPORTER), of=thing("support_here"), foreign=thing("support_there")),
    "reports:answers": Rule(only(Role.COORDINATOR, Role.ANALYST, Role.PRIVACY_OFFICER)),
    "reports:given": Rule(only(Role.COORDINATOR)),
    "reports:wellbeing": Rule(only(Role.ANALYST)),
    "reports:overview": Rule(only(Role.ANALYST)),
    "reports:overview_csv": Rule(only(Role.ANALYST)),
    "my_words:words": Rule(MY),
    "desk:words": Rule(DESK),
    "desk:word": here_and_there("story"),
    "reports:words": Rule(only(Role.ANALYST, Role.PRIVACY_OFFICER)),
    "reports:word_place": post(only(Role.ANALYST), of=thing("story_agreed", "report_waiting")),
    "reports:platforms": Rule(only(Role.ANALYST)),
    **{f"reports:platform_{name}": Rule(only(Role.ANALYST), of=thing("platform")) for name in ("month", "table")},
    "reports:platform_remove": Rule(only(Role.ANALYST), of=lambda world: platform_month(world.things["platform"])),
    **{f"reports:topic_{kind}": Rule(only(Role.ANALYST), of=given("people")) for kind in KINDS},
    **{
        f"reports:release_{kind}": Rule(
            only(Role.ANALYST, Role.PRIVACY_OFFICER), of=thing("release_out"), foreign=thing("release_waiting")
        )
        for kind in (*KINDS, "both")
    },
    "reports:topic": Rule(only(Role.ANALYST), of=lambda _world: ("people",)),
    "reports:definitions": Rule(only(Role.ANALYST)),
    "reports:releases": Rule(REPORTS),
    "reports:release_new": Rule(only(Role.ANALYST)),
    **{
        f"reports:{name}": Rule(REPORTS, of=thing("release_waiting"))
        for name in ("release", "release_approve", "release_return")
    },
    "reports:release_table": Rule(REPORTS, of=thing("release_waiting", "release_table")),
    "reports:release_again": Rule(only(Role.ANALYST), of=thing("release_waiting")),
    "reports:release_reproduce": post(REPORTS, of=thing("release_waiting")),
    "privacy:office": Rule(only(Role.PRIVACY_OFFICER)),
    "privacy:access_log": Rule(only(Role.PRIVACY_OFFICER)),
    "privacy:retention": Rule(DISPOSE),
    "privacy:retention_calendar": Rule(DISPOSE),
    # An administrator may be the second of two, after an officer, never the first.
    "privacy:standing": post(only(Role.PRIVACY_OFFICER), of=thing("retention_rule")),
    "privacy:disposal": Rule(DISPOSE, of=thing("disposal")),
    "privacy:certificate": Rule(DISPOSE, of=thing("disposal_done")),
    "privacy:erasures": Rule(DISPOSE),
    "privacy:erasure_prepare": Rule(DISPOSE, of=thing("deletion_asked")),
    "privacy:erasure": Rule(DISPOSE, of=thing("deletion")),
    "privacy:erasure_stop": post(DISPOSE, of=thing("deletion")),
    "privacy:glass": Rule(OFFICE),
    "privacy:glass_end": post(OFFICE, of=thing("glass_here")),
    "privacy:glass_review": post(OFFICE, of=thing("glass_here")),
    "privacy:log_staff": Rule(OFFICE),
    "privacy:log_person": Rule(OFFICE),
    "privacy:unusual": Rule(OFFICE),
    "privacy:unusual_look": post(OFFICE, of=thing("finding_here")),
    "privacy:exports": Rule(OFFICE),
    "privacy:export_ask": post(OFFICE),
    "privacy:export_fetch": post(OFFICE, of=thing("export_agreed"), foreign=thing("export_asked")),
    "privacy:export_approve": post(
        only(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR), of=thing("export_asked"), foreign=thing("export_agreed")
    ),
    "privacy:requests": Rule(OFFICE),
    "privacy:paper": Rule(OFFICE),
    "privacy:request": Rule(OFFICE, of=thing("correction_here")),
    **{f"privacy:request_{name}": post(OFFICE, of=thing("access_here")) for name in ("extend", "copy")},
    "privacy:request_identity": post(
        only(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR), of=thing("access_waiting"), foreign=thing("access_here")
    ),
    "privacy:breaches": Rule(OFFICE),
    "privacy:breach_record": Rule(OFFICE),
    **{
        f"privacy:{name}": Rule(OFFICE, of=thing("breach_here"))
        for name in ("breach", "breach_change", "breach_paper", "affected", "notices")
    },
    **{
        f"privacy:{name}": post(OFFICE, of=thing("breach_here"))
        for name in ("breach_move", "affected_find", "affected_decide")
    },
    "privacy:approvals": Rule(only(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)),
    "privacy:notices_approve": Rule(
        only(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
        of=thing("breach_ready"),
    ),
}

# Parts of an administrator's address that nobody may use: nothing is deleted, and the log is not written by hand.
CLOSED_IN_ADMIN = (
    "_delete", "audit_entry_add", "psp_region_add", "psp_programregion_add", "contact_messagetemplate_add",
    "groups_kindsetting_add", "consent_purposeswitch_add", "supporters_caresetting_add", "reporting_series_add",
)  # fmt: skip
ADMIN_OBJECTS = {
    "supporters_caresetting": given("1"), "supporters_accommodationkind": given("hours"),
    "supporters_payrate": thing("pay_rate"),
    "psp_user": thing("colleague"), "psp_region": given("QC"), "psp_programregion": given("QC"),
    "audit_entry": thing("entry"), "consent_consentversion": thing("consent_version"),
    "consent_purposeswitch": given("results"), "supporters_programtext": thing("program_text"),
    "supporters_resourcetopic": given("limits"), "supporters_course": given("first_aid"),
    "contact_reminderrule": thing("reminder_rule"),
    "contact_messagetemplate": given("sign_in_code"), "intake_eligibilityversion": thing("eligibility_version"),
    "groups_kindsetting": given("formal"), "intake_referral": given("211"),
    "intake_meetingguide": thing("meeting_guide"), "psp_crisisline": given("988"),
    "privacy_retentionrule": thing("retention_rule"), "peer_sessions_room": thing("room"),
    "peer_sessions_closure": thing("closure"), "supporters_incidentkind": given("risk"),
    "peer_sessions_questionnaire": thing("questionnaire"),
    "supporters_readinesscriterion": given("support"),
    "supporters_careoffer": given("assistance"), "supporters_checkinquestion": given("rest"),
    "supporters_supportkind": given("meet_more"), "reporting_platform": thing("platform"),
    "reporting_series": lambda _world: (str(Series.objects.get(code="people").pk),),
    "reporting_givenkind": given("ride"),
}  # fmt: skip


def admin_rule(name: str) -> Rule:
    """The rule of a route of the administrators' site, from its name."""
    local = name.removeprefix("admin:")
    if local == "login":
        return Rule(only(VISITOR, Role.ADMINISTRATOR))
    who = NOBODY if local.endswith(CLOSED_IN_ADMIN) else only(Role.ADMINISTRATOR)
    model = next((model for model in ADMIN_OBJECTS if local.startswith(model)), None)
    if model is None or local.endswith(("_changelist", "_add")):
        of: Pick | None = given("psp") if local == "app_list" else None
    elif local.endswith("_simple_history"):
        of = thing(f"history_{model}_object", f"history_{model}")
    else:
        of = ADMIN_OBJECTS[model]
    foreign = thing("person_there") if local in ("psp_user_history", "psp_user_change") else None
    return Rule(who, method="post" if local == "logout" else "get", of=of, foreign=foreign)


def rule_of(name: str) -> Rule | None:
    return admin_rule(name) if name.startswith("admin:") else POLICY.get(name)


def routes() -> Iterator[tuple[str, str]]:
    """Name and pattern of every route, with namespaces."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: Any, namespace: str, prefix: str) -> Iterator[tuple[str, str]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from _walk(part, inner, prefix + str(part.pattern))
        elif isinstance(part, URLPattern):
            yield f"{namespace}{part.name}", prefix + str(part.pattern)


# Routes without a name of their own: redirects and the catch-all of the administrators' site, and the demo's pages.
UNNAMED = ("admin:None",)
OUTSIDE = ("demo:",)


def named_routes() -> list[str]:
    return [name for name, _pattern in routes() if name not in UNNAMED and not name.startswith(OUTSIDE)]


def a_world() -> World:
    """An account for each role in Quebec, and things here and in Ontario."""
    world = World()
    make = {
        Role.SUPPORTER: factories.a_facilitator, Role.CLINICIAN: factories.a_clinician,
        Role.COORDINATOR: factories.a_coordinator, Role.ANALYST: factories.an_analyst,
        Role.PRIVACY_OFFICER: factories.a_privacy_officer,
    }  # fmt: skip
    for role in Role.values:
        maker = make.get(Role(role))
        world.accounts[role] = with_factor(maker() if maker else factories.with_role(factories.a_user(), role))
    here, there = factories.a_participant("QC"), factories.a_participant("ON")
    world.accounts[PARTICIPANT] = here.user
    elsewhere = factories.a_coordinator("ON")
    add_case(world, "here", here, world.accounts[Role.COORDINATOR])
    add_case(world, "there", there, elsewhere)
    for role in (Role.SUPPORTER, Role.CLINICIAN):
        kind = LeadRole.FACILITATOR if role == Role.SUPPORTER else LeadRole.CLINICIAN
        GroupLead.objects.create(group=world.things["group_here"], user=world.accounts[role], role=kind)
        an_invitation(world.things["group_here"], user=world.accounts[role], role=kind)
    world.things |= in_training(world.accounts)
    CalendarFeed.objects.create(person=here.user, digest=digest_of(FEED))
    add_supervision(world, "here", world.accounts[Role.SUPPORTER], world.accounts[Role.SUPERVISOR])
    colleague = factories.with_role(factories.a_user(), Role.SUPERVISOR)
    add_supervision(world, "there", factories.a_newcomer(), colleague)
    add_settings(world)
    add_agreements(world)
    world.things |= things_of_joining(world.accounts[Role.SUPERVISOR], world.accounts[Role.SUPPORTER])
    add_network(world)
    world.things |= hours_in_the_world(world.accounts[Role.SUPPORTER], world.accounts[Role.SUPERVISOR])
    officer = world.accounts[Role.PRIVACY_OFFICER]
    what_happened(world, elsewhere)
    world.things["release_out"] = a_release()
    world.things["release_waiting"] = a_release(state=ReleaseState.PREPARED, period="2024")
    world.things["release_table"] = world.things["release_waiting"].tables.get()
    world.things["export_asked"] = factories.an_export(factories.a_privacy_officer())
    world.things["access_waiting"] = factories.an_access_request(factories.a_participant(), checked=False)
    world.things["export_agreed"] = factories.an_export(officer, agreed=True)
    world.things["breach_ready"] = factories.a_breach(people=[here], ready=True)
    world.things["platform"] = a_platform_with_numbers(world.accounts[Role.ANALYST])
    add_stories(world, here, there, elsewhere)
    return world


def add_stories(world: World, here: Any, there: Any, elsewhere: User) -> None:
    """One that waits for a coordinator here and elsewhere, and one that may be printed in a report that waits."""
    world.things |= {
        "story_here": a_story(here), "story_there": a_story(there),
        "story_agreed": agreed(factories.a_participant("ON"), elsewhere),
        "report_waiting": a_waiting_report(period="2019"),
    }  # fmt: skip


def add_network(world: World) -> None:
    """Somebody who can be found and asks, somebody who left meanwhile, a wish among others, a meeting and links."""
    me, peer, gone = world.accounts[Role.SUPPORTER], factories.a_facilitator(), factories.a_facilitator()
    for user in (me, peer, gone):
        Supporter.objects.update_or_create(user=user, defaults={"program_region_id": "QC", "state": "active"})
    entries = [join_directory(by=User.objects.get(pk=user.pk), interests=[], line="") for user in (me, peer, gone)]
    supervisor, topic = world.accounts[Role.SUPERVISOR], ResourceTopic.objects.get(pk="limits")
    link = {"topic": topic, "language": "en", "title_en": "A", "title_fr": "B", "summary_en": "C", "summary_fr": "D"}
    begin = timezone.now() + timedelta(days=9)
    world.things |= {
        "touch_there": ask_touch(by=gone, entry=entries[1], way="-"),
        "found_here": entries[1],
        "touch_here": ask_touch(by=peer, entry=entries[0], way="-"),
        "found_there": entries[2],
        "event": NetworkEvent.objects.create(
            title_en="Coffee",
            title_fr="Café",
            link="https://meet.example.org/",
            starts_at=begin,
            ends_at=begin + timedelta(hours=1),
            places=20,
            made_by=supervisor,
        ),
        "resource": list_resource(
            by=supervisor, content={**link, "link": "https://example.org/a", "review_on": date(2027, 5, 1)}
        ),
        "resource_suggested": suggest(by=me, content={**link, "link": "https://example.org/b"}),
    }
    Supporter.objects.filter(pk=gone.pk).update(state="ended")


def add_agreements(world: World) -> None:
    """What each agreed to work by; one row of somebody whom nobody here knows."""
    owners = {
        "said_here": world.accounts[Role.SUPPORTER], "said_there": factories.a_facilitator(),
        "said_care": world.accounts[Role.SUPERVISOR], "said_desk": world.accounts[Role.COORDINATOR],
    }  # fmt: skip
    for name, user in owners.items():
        for text in needs_acknowledging(user):
            acknowledge(user=user, text=text, by=user, language="en")
        world.things[name] = Acknowledgement.objects.filter(user=user).latest("at")


def kept_once(name: str, row: Any) -> dict[str, Any]:
    """A row of settings with one state of its history, as the administrators' site shows it."""
    row.save()
    return {f"history_{name}_object": row, f"history_{name}": row.history.first()}


def what_happened(world: World, elsewhere: User) -> None:
    """Something that everybody who may have a part in it has a part in; and something in Ontario."""
    lead, coordinator = world.accounts[Role.SUPPORTER], world.accounts[Role.COORDINATOR]
    group, member = world.things["group_here"], world.things["membership_here"].participant.user
    here = an_incident(lead, "threat", group=group.pk, people=[member])
    take_incident(incident=here, by=coordinator)
    IncidentPart.objects.create(incident=here, user=world.accounts[Role.PRIVACY_OFFICER], by=coordinator)
    there = an_incident(world.things["lead_there"].user, "place", group=world.things["group_there"].pk)
    world.things |= {"incident_here": here, "incident_there": take_incident(incident=there, by=elsewhere)}


def with_factor(user: User) -> User:
    """Password, app and recovery codes, so that the pages that change them open."""
    user.password = factories.hashed("a long and quiet river")
    user.save()
    enrol_totp(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    codes = {"seed": factors.seal("ab" * 40, user.pk), "used_mask": 0}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=codes)
    return user


def add_case(world: World, where: str, participant: Participant, by: User) -> None:
    """An application with a meeting, a group with a place, a lead and a session, in the region of `by`."""
    region = participant.region_id
    begin = timezone.now() + timedelta(days=7)
    application = factories.an_application(participant, state=ApplicationState.MEETING_SET)
    meeting = IntakeMeeting.objects.create(
        application=application, coordinator=by, starts_at=begin, ends_at=begin + timedelta(hours=1)
    )
    group = factories.a_group(by, program_region=participant.program_region_id, region=region)
    member = factories.an_accepted_participant(region, by=by)
    session = GroupSession.objects.create(
        group=group, number=1, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1)
    )
    called_off = GroupSession.objects.create(
        group=group, number=2, starts_at=begin, ends_at=begin + timedelta(hours=1), state="cancelled"
    )
    closed = Closure.objects.create(
        program_region_id=participant.program_region_id, first_day=begin.date(), last_day=begin.date(), name_en="-",
        name_fr="-",
    )  # fmt: skip
    apart = note_apart(participant=participant, by=by, name="Canari Apart")
    troubled = factories.a_failed_message(participant.user)
    made = {
        "apart": apart, "match": NameMatch.objects.create(apart=apart, user=member.user, closeness="close"),
        "participant": participant, "person": participant.user, "application": application, "meeting": meeting,
        "twin": member, "merge": Merge.objects.create(
            kept=participant, merged=factories.a_participant(region), by=by, moved={"applications": [], ACCOUNT: True}
        ),
        "troubled": troubled, "call": factories.a_call(participant.user),
        "reminder": factories.a_failed_reminder(participant.user),
        "bulk_act": BulkAct.objects.create(action="looked", by=by, done={}),
        "consent": participant.user.consents.first(),
        "correction": factories.a_correction(participant), "glass": factories.an_opening(by),
        "access": factories.an_access_request(participant), "breach": factories.a_breach(),
        "finding": factories.a_finding(by),
        "group": group, "session": session, "cancelled_session": called_off, "closed_days": closed,
        "forming": factories.a_started_forming(by, program_regions=[participant.program_region_id]),
        "membership": add_member(group=group, participant=member, by=by),
        "waiting": factories.an_accepted_participant(region, by=by).waiting_places.get(),
        "lead": GroupLead.objects.create(group=group, user=factories.a_facilitator(), role=LeadRole.FACILITATOR),
        "invitation": an_invitation(group, participant=participant),
        **published_times(by),
    }  # fmt: skip
    made |= in_open_groups(participant, by)
    made |= after_the_session(made, participant, asked_of=world.accounts[Role.SUPERVISOR] if where == "here" else None)
    factories.agree(participant.user, "evaluation")
    over = factories.a_group(by, kind="informal", program_region=participant.program_region_id, region=region)
    made["cover"] = a_cover(group)
    made["felt"] = a_held_session(by, [participant], group=over)
    world.things |= {f"{name}_{where}": value for name, value in made.items()}


def in_open_groups(participant: Participant, by: User) -> dict[str, Any]:
    """A place in one open group, which has a session to come, and a place in the line of another."""
    factories.accepted(participant, services=("informal", "activity"), by=by)
    where = {"program_region": participant.program_region_id, "region": participant.region_id}
    group, full = (factories.an_open_group(by, **where) for _one in range(2))
    enrol(group=group, participant=participant, by=participant.user)
    soon = timezone.now() + timedelta(days=1)
    session = GroupSession.objects.create(group=group, number=1, starts_at=soon, ends_at=soon + timedelta(hours=1))
    PeerGroup.objects.filter(pk=group.pk).update(asks_who_comes=True)
    place = QueuePlace.objects.create(group=full, participant=participant)
    return {"my_group": group, "my_line": full, "my_session": session, "my_place": place}


def after_the_session(made: dict[str, Any], participant: Participant, *, asked_of: User | None) -> dict[str, Any]:
    """A refused code, what somebody who led said, and a call that is wished."""
    now = timezone.now()
    lead, session = made["lead"].user, made["session"]
    supervisor = asked_of or factories.with_role(factories.a_user(), Role.SUPERVISOR)
    return {
        "drop_in": DropIn.objects.create(
            participant=participant, digest="0" * 64, state="asked", session=session, by=lead, used_at=now,
            expires_at=now,
        ),
        "debrief": Debrief.objects.create(
            session=session, lead=lead, told="open", support="asked", supervisor=supervisor, how="hard"
        ),
        "concern": factories.a_concern(supervisor=supervisor),
        "offer": FollowUpOffer.objects.create(
            group=made["my_group"], participant=participant, state="wished", times=["evening"],
            until=now + timedelta(days=7),
        ),
    }  # fmt: skip


def in_training(accounts: dict[str, User]) -> dict[str, Any]:
    """The peer supporter learns in a cohort that the clinician gives; somebody elsewhere has another supervisor."""
    supervisor, learner = accounts[Role.SUPERVISOR], accounts[Role.SUPPORTER]
    training.as_learner(learner, supervisor=supervisor)
    cohort = training.a_cohort(supervisor)
    add_cohort_lead(cohort=cohort, user=accounts[Role.CLINICIAN], by=supervisor)
    done = training.a_completion(learner, supervisor)
    other = training.a_supervisor()
    place = enrol_in_cohort(cohort=cohort, person=learner, by=learner)
    open_evaluations(cohort.sessions.last().ends_at + timedelta(hours=1))
    box = cohort.evaluations.get()
    box.closes_at = timezone.now() + timedelta(days=1)
    box.save()
    elsewhere = training.a_learner("ON", supervisor=other)
    return {
        "cohort": cohort, "cohort_session": cohort.sessions.first(), "cohort_lead": accounts[Role.CLINICIAN],
        "enrolment": place, "evaluation": box, "completed": done,
        "certificate": make_certificate(qualification=done, by=learner), "learner": learner,
        "goal": add_goal(by=learner, title="Canari Plan"), "asked": ask_for_course(by=learner, title="Canari Wish"),
        "learner_elsewhere": elsewhere, "asked_elsewhere": ask_for_course(by=elsewhere, title="Canari Wish"),
        "completed_elsewhere": training.a_completion(elsewhere, other),
    }  # fmt: skip


def add_supervision(world: World, where: str, supporter: User, supervisor: User) -> None:
    """A pair with what they agreed on; somebody with nobody; somebody who asks for this supervisor."""
    today = timezone.localdate()
    Pairing.objects.filter(user=supporter).delete()
    pair(supporter, supervisor, supervisor)
    wishing, alone = factories.a_facilitator(), factories.a_newcomer()
    days = {"from_on": today, "look_on": today, "until_on": today + timedelta(days=30)}
    made = {
        "supervised": supporter, "alone": alone, "wish": ask_for_another(by=wishing, wished=supervisor),
        "agreed": note_meeting(user=supporter, by=supervisor, kind="one", held_on=today, minutes=60, agreed="-"),
        "support": make_plan(user=supporter, by=supervisor, kinds=["meet_more"], **days),
        "talk": ask_talk(by=supporter, asked=supervisor, when="now"),
        "next": plan_next(user=supporter, by=supervisor, starts_at=timezone.now() + timedelta(days=7)),
    }  # fmt: skip
    world.things |= {f"{name}_{where}": value for name, value in made.items()}


def an_invitation(group: PeerGroup, **whom: Any) -> Invitation:
    until = timezone.now() + timedelta(days=7)
    return Invitation.objects.create(group=group, kind=group.kind, answer_by=until, **whom)


def published_times(by: User) -> dict[str, Any]:
    hours = add_hours(coordinator=by, by=by, hours_for="meeting", weekday=0, start=time(9), end=time(12),
                      begins=timezone.localdate())  # fmt: skip
    return {"hours": hours, "day": add_exception(coordinator=by, by=by, day=timezone.localdate(), away=True)}


def add_settings(world: World) -> None:
    """What the administrators' addresses name."""
    colleague = factories.a_user(kind=Kind.STAFF)
    template, setting = MessageTemplate.objects.get(pk="sign_in_code"), KindSetting.objects.get(pk="formal")
    template.save()
    setting.save()
    referral = Referral.objects.get(pk="211")
    referral.save()
    room = Room.objects.create(program_region_id="QC", name="Blue room", address="1 Main Street")
    closure = Closure.objects.create(first_day=date(2027, 7, 1), last_day=date(2027, 7, 2), name_en="-", name_fr="-")
    line, reminder = CrisisLine.objects.get(pk="988"), ReminderRule.objects.first()
    line.save()
    reminder.save()
    asked = [
        ask_erasure(person=one.user, disposal_text="I agree.", language="en", by=one.user)
        for one in (factories.a_participant(), factories.a_participant())
    ]
    world.things |= {
        **kept_once("supporters_resourcetopic", ResourceTopic.objects.get(pk="limits")),
        **kept_once("supporters_incidentkind", IncidentKind.objects.get(pk="risk")),
        **kept_once("supporters_supportkind", SupportKind.objects.get(pk="meet_more")),
        **settings_of_wellbeing(), **check_ins(world.accounts[Role.SUPPORTER], world.accounts[Role.SUPERVISOR]),
        "retention_rule": a_rule(), "disposal": a_disposal(), "disposal_done": a_disposal_done(),
        "deletion_asked": asked[0],
        "deletion": prepare_erasure(request=asked[1], by=factories.a_privacy_officer()),
        "colleague": colleague,
        "entry": Entry.objects.create(action="read", purpose="own"),
        "program_text": ProgramText.objects.order_by("pk").first(),
        "consent_version": ConsentVersion.objects.order_by("pk").first(),
        "eligibility_version": factories.an_eligibility_version(),
        "passkey_there": Authenticator.objects.create(
            user=world.things["person_there"], type=Authenticator.Type.WEBAUTHN, data={"name": "-", "credential": {}}
        ),
        "history_psp_user_object": colleague, "history_psp_user": colleague.history.first(),
        "history_contact_messagetemplate_object": template,
        "history_contact_messagetemplate": template.history.first(),
        "reminder_rule": reminder, "history_contact_reminderrule_object": reminder,
        "history_contact_reminderrule": reminder.history.first(),
        "meeting_guide": MeetingGuide.objects.in_force(),
        "questionnaire": Questionnaire.objects.in_force("before_after"),
        "history_intake_referral_object": referral, "history_intake_referral": referral.history.first(),
        "history_psp_crisisline_object": line, "history_psp_crisisline": line.history.first(),
        "history_groups_kindsetting_object": setting, "history_groups_kindsetting": setting.history.first(),
        "room": room, "history_peer_sessions_room_object": room, "history_peer_sessions_room": room.history.first(),
        "closure": closure, "history_peer_sessions_closure_object": closure,
        "history_peer_sessions_closure": closure.history.first(),
    }  # fmt: skip
