"""Kinds of records in words, as the access log names them: for the privacy officer's pages and exports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# By app; the name of a history table is its model's, with a word before it.
WORDS: dict[str, Any] = {
    "psp.user": _("Account"),
    "psp.roleassignment": _("Role"),
    "psp.region": _("Province or territory"),
    "psp.programregion": _("Program region"),
    "psp.crisisline": _("Crisis line"),
    "audit.entry": _("Access log"),
    "audit.checkpoint": _("Checkpoint of the access log"),
    "privacy.rightsrequest": _("Request of the person"),
    "privacy.breach": _("Breach"),
    "privacy.affected": _("Person concerned by a breach"),
    "privacy.hold": _("Hold"),
    "privacy.erasure": _("Deletion"),
    "privacy.glassgrant": _("Opening from another region"),
    "privacy.finding": _("Unusual pattern"),
    "privacy.logexport": _("Part of the access log, taken along"),
    "privacy.retentionrule": _("Rule of keeping"),
    "privacy.standingapproval": _("Standing approval"),
    "privacy.disposalbatch": _("Disposal"),
    "privacy.disposalitem": _("File in a disposal"),
    "privacy.dueforecast": _("Calendar of what falls due"),
    "consent.consentversion": _("Consent text"),
    "consent.purposeswitch": _("Purpose of consent"),
    "consent.consent": _("Consent"),
    "consent.countersignature": _("Signature beside a consent"),
    "consent.withdrawal": _("Consent taken back"),
    "contact.safecontact": _("Ways to reach the person"),
    "contact.messagetemplate": _("Text of a message"),
    "contact.reminderrule": _("Time of a reminder"),
    "contact.reminderchoice": _("Choice of reminders"),
    "contact.outboxmessage": pgettext_lazy("record", "Message"),
    "contact.calltask": _("Call to make"),
    "intake.participant": pgettext_lazy("record", "File"),
    "intake.application": _("Application"),
    "intake.eligibilityversion": _("Criteria"),
    "intake.intakemeeting": _("Intake meeting"),
    "intake.meetingguide": _("Steps of the intake meeting"),
    "intake.meetingnotes": _("Notes of an intake meeting"),
    "intake.meetingwish": _("Wish for the time of a meeting"),
    "intake.preferences": _("Wishes for a group"),
    "intake.waitingplace": _("Place in line"),
    "intake.shortcall": _("Short call"),
    "intake.bookingterms": _("Terms of booking"),
    "intake.weeklyhours": _("Hours of a coordinator"),
    "intake.dayexception": _("Day of a coordinator"),
    "intake.keepapart": _("People who must not meet"),
    "intake.namekey": _("Name to compare"),
    "intake.namematch": _("Name that may match"),
    "intake.referral": _("Service to refer to"),
    "intake.bulkact": _("Act on several applications"),
    "intake.merge": _("Files made one"),
    "intake.differentpeople": _("Files of different people"),
    "intake.draft": _("Saved form"),
    "intake.addresscode": _("Code for a saved form"),
    "intake.ineligibletally": _("Count of what the form’s own check said"),
    "supporters.interest": _("Interest in becoming a peer supporter"),
    "supporters.supporter": _("Way of a peer supporter"),
    "supporters.readiness": _("Conversation about being ready"),
    "supporters.readinesscriterion": _("Criterion of being ready"),
    "supporters.formeragreement": _("Agreement to meet somebody again"),
    "supporters.course": _("Course"),
    "supporters.module": pgettext_lazy("training", "Module"),
    "supporters.cohort": _("Cohort"),
    "supporters.cohortsession": _("Session of a cohort"),
    "supporters.enrolment": _("Place in a cohort"),
    "supporters.cohortattendance": _("Attendance in a cohort"),
    "supporters.qualification": _("Completed course"),
    "supporters.certificate": _("Certificate"),
    "supporters.learninggoal": _("Line of a learning plan"),
    "supporters.courserequest": _("Request for a course"),
    "groups.kindsetting": _("Sizes of groups"),
    "groups.peergroup": _("Group"),
    "groups.membership": _("Place in a group"),
    "groups.grouplead": _("Person who leads a group"),
    "groups.leadprofile": _("When somebody can lead"),
    "groups.invitation": _("Invitation to a group"),
    "groups.queueplace": _("Place in the line of a group"),
    "groups.conflictcare": _("Who takes care of two people in one group"),
    "groups.forming": _("Groups that are thought of"),
    "groups.formingrun": _("Search for groups"),
    "groups.forminggroup": _("Group that is thought of"),
    "groups.formingplace": _("Place in a group that is thought of"),
    "groups.forminglead": _("Person who would lead a group"),
    "peer_sessions.groupsession": _("Session"),
    "peer_sessions.closure": _("Days on which the program is closed"),
    "peer_sessions.room": _("Room"),
    "peer_sessions.booking": _("Time that is taken by a group"),
    "peer_sessions.attendance": _("Attendance"),
    "peer_sessions.coming": _("Word about coming to a session"),
    "peer_sessions.calendarfeed": _("Private address of a calendar"),
    "peer_sessions.dropin": _("Code to come to a session"),
    "peer_sessions.debrief": _("Note of somebody who led a session"),
    "peer_sessions.followupoffer": _("Call offered after a group"),
    "peer_sessions.questionnaire": _("Questionnaire"),
    "peer_sessions.feedbackbox": _("Box of answers without a name"),
    "peer_sessions.feedbackbatch": _("Answers without a name, counted"),
    "peer_sessions.answersheet": _("Answers before or after a group"),
    "peer_sessions.videomeeting": _("Meeting by video"),
    "supporters.programtext": _("Text for peer supporters and the team"),
    "supporters.acknowledgement": _("Agreement to work by a text"),
    "supporters.incident": _("Report of something that happened"),
    "supporters.incidentkind": _("Kind of incident"),
    "supporters.incidentstep": _("Step after something that happened"),
    "supporters.lesson": _("What was learned"),
    "supporters.checkin": _("Note of somebody on how they are"),
    "supporters.checkinquestion": _("Question of the check-in"),
    "supporters.careoffer": _("Support for those who lead"),
    "supporters.pause": _("Time of a supporter"),
    "reporting.publishedwait": _("Published waiting time"),
    "account.emailaddress": _("E-mail address"),
    "mfa.authenticator": _("Second factor"),
}
EARLIER, PAGE = _("Earlier: %(what)s"), _("Page %(address)s")


def record_words(code: str) -> str:
    """The kind of record in the reader's language; the code itself where nobody gave it words.

    A refusal names the page, which is no kind of record.
    """
    if ":" in code:
        return str(PAGE % {"address": code})
    app, _dot, name = code.partition(".")
    if (known := WORDS.get(code)) is not None:
        return str(known)
    earlier = WORDS.get(f"{app}.{name.removeprefix('historical')}") if name.startswith("historical") else None
    return str(EARLIER % {"what": earlier}) if earlier else code
