"""What joining holds about a person: an interest, the role, conversations about readiness, and whom they met before."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section
from psp.choices import Language
from psp.models import User
from supporters.choices import Outcome, ReadyFor, SupporterState
from supporters.joining.services_readiness import talked_about
from supporters.models import FormerAgreement, Interest, Readiness, ReadinessCriterion, Supporter

TOPIC = Topic(
    "joining", _("If you think of becoming a peer supporter"),
    _("That you said so, with the name and the e-mail address for the new role, locked. Once it goes on, that is gone:"
      " the new account knows nothing of the first one."),
    _("You. Supervisors see the new name and the region, and never your file."), order=77,
)  # fmt: skip
TEAM_TOPIC = Topic(
    "readiness", _("Getting ready to be a peer supporter"),
    _("Where somebody is on the way, and what both noted in a conversation about being ready. There is no number in"
      " it."),
    _("The person, and whoever held the conversation. Other supervisors see the outcome and the day."),
    order=91, team=True,
)  # fmt: skip
NOT_READABLE = _("Digests that nobody can read back; they say only whom this person does not lead")
ABOUT_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "supporters.interest", "user", "joining",
        these("id user noted_by program_region language name address said_at taken_up_at taken_up_by address_taken"),
        Use.TEAM, Basis.PROGRAM, "interest", Erased.DELETED, exported=("interest",), also=("noted_by", "taken_up_by"),
    ),
    Holding(
        "supporters.formeragreement", "participant__user", "joining",
        these("id user participant supporter_said_at participant_said_at noted_by"),
        Use.SAFETY, Basis.PROGRAM, "file", Erased.DELETED, exported=("met_again",), also=("user", "noted_by"),
    ),
    Holding(
        "supporters.supporter", "user", "readiness", these("user program_region state since changed_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("role",), history=True,
    ),
    Holding(
        "supporters.readiness", "user", "readiness",
        these("id user ready_for reviewer held_on outcome look_again_on talked_about would_help comment made_at"
              " commented_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("readiness",), also=("reviewer",),
    ),
    Holding(
        "supporters.formertie", "user", "readiness", these("id user key own"),
        Use.SAFETY, Basis.PROGRAM, "team", Erased.DELETED, not_exported=NOT_READABLE,
    ),
    Holding(
        "supporters.historicalreadinesscriterion", "history_user", "team",
        (*these("code title_en title_fr hint_en hint_fr order offered"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


def interest(person: User) -> Iterable[Record]:
    for row in Interest.objects.filter(user=person):
        yield [
            Line(_("Name for the new role"), row.name), Line(_("E-mail address for the new role"), row.address),
            Line(_("Language"), Language(row.language).label), Line(_("Said"), row.said_at),
            Line(_("Taken up"), row.taken_up_at),
        ]  # fmt: skip


def met_again(person: User) -> Iterable[Record]:
    """Each side reads what was noted of them, and not what the other said."""
    for row in FormerAgreement.objects.filter(participant__user=person).order_by("pk"):
        yield [Line(_("You said that you would meet somebody from an earlier group again"), row.participant_said_at)]
    for row in FormerAgreement.objects.filter(user=person).order_by("pk"):
        yield [Line(_("You said that you would meet somebody from an earlier group again"), row.supporter_said_at)]


def role(person: User) -> Iterable[Record]:
    for row in Supporter.history.filter(user_id=person.pk).order_by("history_id"):
        yield [
            Line(_("Your role"), SupporterState(row.state).label), Line(_("Since"), row.changed_at),
            Line(_("On the way since"), row.since), Line(_("Region"), str(row.program_region)),
        ]  # fmt: skip


def conversations(person: User) -> Iterable[Record]:
    titles = {row.code: Both(row.title_en, row.title_fr) for row in ReadinessCriterion.objects.all()}
    for row in Readiness.objects.filter(user=person).order_by("held_on", "made_at"):
        yield [
            Line(_("Conversation"), ReadyFor(row.ready_for).label), Line(_("Held"), row.held_on),
            Line(_("What you both came to"), Outcome(row.outcome).label), Line(_("Look again"), row.look_again_on),
            *(Line(titles.get(code, code), text) for code, text in talked_about(row).items()),
            Line(_("What would help"), row.would_help), Line(_("Your comment"), row.comment),
            Line(_("Noted"), row.made_at), Line(_("Commented"), row.commented_at),
        ]  # fmt: skip


def register() -> None:
    add_topic(TOPIC, TEAM_TOPIC)
    declare(*MAP)
    both = frozenset({"supporters.formeragreement"})
    mine = frozenset({"supporters.readiness"})
    own = _("That you think of becoming a peer supporter")
    add_section(Section("interest", own, interest, frozenset({"supporters.interest"}), order=61))
    add_section(Section("met_again", _("Meeting somebody from an earlier group"), met_again, both, order=62))
    add_section(Section("role", _("Your way as a peer supporter"), role, frozenset({"supporters.supporter"}), order=63))
    add_section(Section("readiness", _("Conversations about being ready"), conversations, mine, order=64))
