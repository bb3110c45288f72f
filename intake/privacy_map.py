"""What this app holds about a person, table by table: for the data map."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Use, declare, these

ABOUT_TEAM = _("About a member of the team")
IN_DANGER = _("Left out, because it could put someone in danger")
NOT_HERE_YET = _("It belongs to no file: nobody here knows whose it is")
ABOUT_OTHERS = _("Says that two files are of different people. The other file is not yours to read")

FILE = (
    Holding(
        "intake.participant", "user", "application",
        these("id user reference region program_region modalities created_at merged_into emptied_at"),
        Use.ELIGIBILITY, Basis.PROGRAM, "file", Erased.ANONYMISED, exported=("file", "file_before"), history=True,
    ),
    Holding(
        "intake.application", "participant__user", "application",
        these("id participant sent_key version answers notice_version services accepted_for language state submitted_at"
              " last_action_at decided_at decided_by decision_version decision_reasons referred_to look_again_on"
              " assigned_to revision desk_region"),
        Use.ELIGIBILITY, Basis.DECISION, "file", Erased.DELETED,
        exported=("applications", "applications_before"), also=("decided_by", "assigned_to"), history=True,
    ),
    Holding(
        "intake.merge", "kept__user", "application",
        these("id kept merged by at moved undone_by undone_at final_at"),
        Use.ELIGIBILITY, Basis.DECISION, "file", Erased.DELETED, exported=("merges",),
        also=("by", "undone_by"), history=True,
    ),
    Holding(
        "intake.differentpeople", "one__user", "application", these("id one other by at"),
        Use.ELIGIBILITY, Basis.DECISION, "file", Erased.DELETED, not_exported=ABOUT_OTHERS, also=("by",),
    ),
)  # fmt: skip
WISHES = (
    Holding(
        "intake.preferences", "person", "wishes",
        these("participant person languages compositions availability accessibility changed_at"),
        Use.PLACE, Basis.PROGRAM, "file", Erased.DELETED, exported=("preferences", "preferences_before"), history=True,
    ),
    Holding(
        "intake.meetingwish", "application__participant__user", "meeting", these("id application parts at"),
        Use.MEETING, Basis.PROGRAM, "file", Erased.DELETED, exported=("wishes", "wishes_before"), history=True,
    ),
)  # fmt: skip
MEETINGS = (
    Holding(
        "intake.intakemeeting", "application__participant__user", "meeting",
        these("id application coordinator starts_at ends_at blocked_until place revision own_changes set_at state"
              " link"),
        Use.MEETING, Basis.DECISION, "file", Erased.DELETED, exported=("meetings", "meetings_before"),
        also=("coordinator",), history=True,
    ),
    Holding(
        "intake.meetingnotes", "person", "meeting",
        these("id meeting person guide covered needs needs_line changed_at"),
        Use.MEETING, Basis.DECISION, "file", Erased.DELETED, exported=("meeting_notes", "meeting_notes_before"),
        history=True,
    ),
    Holding(
        "intake.shortcall", "number", "meeting",
        these("id coordinator starts_at ends_at blocked_until time_zone language way word code_digest number"),
        Use.MEETING, Basis.CONSENT, "short_call", Erased.DELETED, not_exported=NOT_HERE_YET, also=("coordinator",),
    ),
)  # fmt: skip
WAITING = Holding(
    "intake.waitingplace", "participant__user", "groups",
    these("id participant application service since state priority priority_until priority_by desk_region"),
    Use.PLACE, Basis.PROGRAM, "file", Erased.DELETED, exported=("waiting", "waiting_before"), also=("priority_by",),
    history=True,
)  # fmt: skip
SAVED = (
    Holding(
        "intake.addresscode", "index", "saved_form",
        these("id index email code digest language tries asked_at until sent_at"),
        Use.SIGN_IN, Basis.CONSENT, "saved_form", Erased.DELETED, not_exported=NOT_HERE_YET,
    ),
    Holding(
        "intake.draft", "index", "saved_form", these("id index content step expires_at"),
        Use.ELIGIBILITY, Basis.CONSENT, "saved_form", Erased.DELETED, not_exported=NOT_HERE_YET,
    ),
)  # fmt: skip
APART = (
    Holding(
        "intake.keepapart", "person", "safety",
        these("id person other name program_region noted_by noted_at ended_at ended_by end_reason"),
        Use.SAFETY, Basis.PROTECT, "apart", Erased.DELETED, not_exported=IN_DANGER,
        also=("other", "noted_by", "ended_by"), history=True,
    ),
    Holding(
        "intake.namekey", "user", "safety", these("id user apart form digest of"),
        Use.SAFETY, Basis.PROTECT, "apart", Erased.DELETED, not_exported=IN_DANGER,
    ),
    Holding(
        "intake.namematch", "user", "safety", these("id apart user closeness state decided_by decided_at found_at"),
        Use.SAFETY, Basis.PROTECT, "apart", Erased.DELETED, not_exported=IN_DANGER, also=("decided_by",),
    ),
)  # fmt: skip
TEAM = (
    Holding(
        "intake.bookingterms", "coordinator", "team",
        these("coordinator time_zone minutes buffer_minutes notice_hours horizon_days place video_link link_for_all"
              " call_link phone"),
        Use.MEETING, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "intake.weeklyhours", "coordinator", "team", these("id coordinator hours_for weekday start end begins ends"),
        Use.MEETING, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "intake.dayexception", "coordinator", "team", these("id coordinator hours_for day away start end"),
        Use.MEETING, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "intake.bulkact", "by", "team", these("id action by at done undone_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "intake.historicalreferral", "history_user", "team",
        (*these("code name_en name_fr what_en what_fr hours_en hours_fr phone active order"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


def register() -> None:
    declare(*FILE, *WISHES, *MEETINGS, WAITING, *SAVED, *APART, *TEAM)
