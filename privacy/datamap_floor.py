"""What the floors below hold about people: accounts, sign-in, keys, the access log; and this app's requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.datamap import (
    EARLIER,
    HISTORY_FIELDS,
    Basis,
    Elsewhere,
    Erased,
    Holding,
    Use,
    add_topic,
    declare,
    declare_elsewhere,
    these,
)
from privacy.datamap_topics import TOPICS

ABOUT_TEAM = _("About a member of the team")
OPENS_NOTHING = _("Tells nothing about you: it lets one device in, and opens nothing else")
SAME_AS_ADDRESS = _("Made from your address, which is in the copy")
IN_THE_LOG = _("Another part of the same line, which is in the copy")
LOG_STAYS = _(
    "It shows who looked at what. A number stands there for the person, and leads to nobody once the file is destroyed"
)

ACCOUNT = Holding(
    "psp.user", "", "account",
    these("password last_login is_superuser id username kind name name_index sealed_email email_index email language"
          " time_zone is_active date_joined epoch made_by_demo groups user_permissions"),
    Use.ADDRESS, Basis.PROGRAM, "file", Erased.ANONYMISED, exported=("account", "account_before"), history=True,
)  # fmt: skip
SIGN_IN = (
    Holding(
        "account.emailaddress", "user", "account", these("id user email verified primary"),
        Use.SIGN_IN, Basis.PROGRAM, "file", Erased.DELETED, not_exported=SAME_AS_ADDRESS,
    ),
    Holding(
        "account.emailconfirmation", "email_address__user", "account", these("id email_address created sent key"),
        Use.SIGN_IN, Basis.PROGRAM, "file", Erased.DELETED, not_exported=OPENS_NOTHING,
    ),
    Holding(
        "mfa.authenticator", "user", "account", these("id user type data created_at last_used_at"),
        Use.SIGN_IN, Basis.PROTECT, "file", Erased.DELETED, not_exported=OPENS_NOTHING,
    ),
    Holding(
        "sessions.session", "session_data", "locks", these("session_key session_data expire_date"),
        Use.SIGN_IN, Basis.PROTECT, "session", Erased.DELETED, not_exported=OPENS_NOTHING,
    ),
)  # fmt: skip
LOCKS = (
    Holding(
        "keys.datakey", "person", "locks", these("id person master wrapped created_at"),
        Use.PROTECT, Basis.PROTECT, "file", Erased.DELETED, not_exported=OPENS_NOTHING, alias="keys",
    ),
    Holding(
        "audit.entry", "person", "log",
        these("id at actor action model object_id person fields purpose request_id"),
        Use.WATCH, Basis.PROTECT, "access_log", Erased.KEPT, exported=("openings",), kept_because=LOG_STAYS,
        also=("actor",),
    ),
    Holding(
        "audit.unsealed", "entry__person", "log", these("entry"),
        Use.WATCH, Basis.PROTECT, "access_log", Erased.KEPT, not_exported=IN_THE_LOG, kept_because=LOG_STAYS,
    ),
    Holding(
        "audit.link", "entry__person", "log", these("id entry digest"),
        Use.WATCH, Basis.PROTECT, "access_log", Erased.KEPT, not_exported=IN_THE_LOG, kept_because=LOG_STAYS,
    ),
)  # fmt: skip
REQUESTS = Holding(
    "privacy.rightsrequest", "person", "requests",
    these("id person kind item state language asked_on due_on asked_at text answer note disposal_text answered_by"
          " ended_at revision channel recorded_by identity_checked_at identity_checked_by first_due_on"
          " extension_reason extended_by"),
    Use.RIGHTS, Basis.RIGHTS, "request", Erased.DELETED, exported=("requests", "requests_before"),
    also=("answered_by", "recorded_by", "extended_by", "identity_checked_by"), history=True,
)  # fmt: skip
DELETION_STAYS = _("Proof that it was deleted, and who agreed to that. It holds a number and days, no word about you")
DISPOSAL = (
    Holding(
        "privacy.hold", "person", "requests", these("id person kind matter opened_at opened_by closed_at closed_by"),
        Use.RIGHTS, Basis.RIGHTS, "request", Erased.DELETED, exported=("holds",),
        also=("opened_by", "closed_by"),
    ),
    Holding(
        "privacy.erasure", "person", "requests",
        these("id person also reference cause state language disposal_text kept_until prepared_by prepared_at"
              " approved_by approved_at ended_at replayed_at counts"),
        Use.RIGHTS, Basis.RIGHTS, "erasure", Erased.KEPT, exported=("holds",), kept_because=DELETION_STAYS,
        also=("prepared_by", "approved_by"),
    ),
)  # fmt: skip
NOT_USED = _("Not used: roles are kept elsewhere")
TEAM = (
    Holding(
        "psp.roleassignment", "user", "team", these("id user role region created_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM, history=True,
        # Who might do what when, and when somebody's work ended: `privacy.working`.
        past="team",
    ),
    Holding(
        "psp.user_groups", "user", "team", these("id user group"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, not_exported=NOT_USED,
    ),
    Holding(
        "psp.user_user_permissions", "user", "team", these("id user permission"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, not_exported=NOT_USED,
    ),
    Holding(
        "psp.historicalcrisisline", "history_user", "team",
        (*these("code name_en name_fr what_en what_fr phone tty sms sms_note_en sms_note_fr chat_en chat_fr regions"
                " hours time_zone active order"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "admin.logentry", "user", "team",
        these("id action_time user content_type object_id object_repr action_flag change_message"),
        Use.WATCH, Basis.PROTECT, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip
ELSEWHERE = (
    Elsewhere(
        "browser", _("In your browser"),
        _("One cookie that says you are signed in, and one that keeps your language. No answers, and nothing for ads."),
        _("Until you sign out, leave fast, or close the browser."), order=10,
    ),
    Elsewhere(
        "counters", _("Counters against too many tries"),
        _("A number that stands for your network address, and how often it was used. It holds no name."),
        _("Two hours at most."), order=20,
    ),
    Elsewhere(
        "logs", _("Notes on how our computers run"),
        _("Which page was asked for, when, and how long it took. No name, no address, and no words of yours."),
        _("As long as the team needs them to find a fault."), order=30,
    ),
    Elsewhere(
        "backups", _("Copies for emergencies"),
        _("A copy of everything, locked. The keys are kept in another place. Once your key is gone, old copies cannot"
          " be read either."),
        _("Until a newer copy takes its place."), order=40,
    ),
    Elsewhere(
        "ledgers", _("Lists for emergencies"),
        _("For each message that went out, and for each file that was deleted: a number that only our computer can"
          " make. No name, and no words of yours."),
        _("For good, so that nothing is sent twice and nothing that was deleted comes back."), order=45,
    ),
)  # fmt: skip


def register() -> None:
    add_topic(*TOPICS)
    declare(ACCOUNT, *SIGN_IN, *LOCKS, REQUESTS, *DISPOSAL, *TEAM)
    declare_elsewhere(*ELSEWHERE)
