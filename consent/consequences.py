"""What taking back a consent stops, what stays, and why: said before and after ([NH Annex F] rule 22).

Each sentence holds for what `consent.hooks` and `Consent.objects.in_force` make true.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from consent.choices import CONTACT_PURPOSES, ConsentPurpose


def what_stops(purpose: str) -> list[str]:
    return {
        ConsentPurpose.TAKING_PART: [
            _("Your application and your places in groups end. Nobody in the group is told why."),
            _("You are on no waiting list."),
            _("Messages and reminders that wait for you are not sent."),
        ],
        ConsentPurpose.CONTACT_EMAIL: [_("We do not write to you by e-mail. Messages that wait are not sent.")],
        ConsentPurpose.CONTACT_SMS: [_("We send you no text messages. Those that wait are not sent.")],
        ConsentPurpose.CONTACT_PHONE: [_("We do not call you, and we leave no voicemail.")],
        ConsentPurpose.CONTACT_POST: [_("We send you no letters.")],
        ConsentPurpose.RESULTS: [_("You are left out of every figure from then on.")],
        ConsentPurpose.EVALUATION: [
            _("We send you no more questions, and ask you none."),
            _("Answers before and after a group, which carry your name, are deleted."),
        ],
        ConsentPurpose.RESEARCH: [_("We do not tell you about studies.")],
        ConsentPurpose.STORY: [
            _("Your story is deleted here, and taken out of every report that is not published yet."),
        ],
        ConsentPurpose.RECORDING: [_("No session that you are in is recorded.")],
    }[ConsentPurpose(purpose)]


def what_stays(purpose: str) -> list[str]:
    if purpose == ConsentPurpose.TAKING_PART:
        return [
            _("Your file stays here, locked. The law asks us to keep it for two years after its last use."),
            _("You can ask us to delete it earlier."),
            _("You can sign in, read your file, and come back whenever you like."),
        ]
    return [*_stays_besides(purpose), _kept()]


def _stays_besides(purpose: str) -> list[str]:
    unchanged = _("Your application and your places stay as they are.")
    if purpose == ConsentPurpose.CONTACT_EMAIL:
        return [unchanged, _("When you ask for a code to sign in, it still comes to your address.")]
    if purpose in CONTACT_PURPOSES:
        return [unchanged]
    return {
        ConsentPurpose.RESULTS: [
            unchanged, _("Figures that were published before stay as they are. They never showed who you are."),
        ],
        ConsentPurpose.EVALUATION: [
            unchanged, _("What you answered without your name stays: nobody can tell which answers are yours."),
        ],
        ConsentPurpose.RESEARCH: [unchanged, _("Studies that you joined yourself end only where you joined them.")],
        ConsentPurpose.STORY: [
            unchanged,
            _("What was published before stays where it was printed: we cannot call copies back. It never had your"
              " name."),
        ],
        ConsentPurpose.RECORDING: [unchanged, _("You may go on taking part in everything.")],
    }[ConsentPurpose(purpose)]  # fmt: skip


def _kept() -> str:
    return _("What you signed stays in your file with the date on which you ended it. The law asks us to keep it.")
