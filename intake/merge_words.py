"""Why two files stay apart, said so that a coordinator knows what to do first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from intake.rules_merge import Refusal

SENTENCES = {
    Refusal.SAME_FILE: _("This is the same file."),
    Refusal.MERGED_ALREADY: _("One of these files counts with another one already."),
    Refusal.GOING: _("One of these files is being deleted. The other one stays by itself."),
    Refusal.UNDO_FIRST: _("The file to merge took up another file in the last 30 days. Keep that one, or take those two"
                          " apart first."),
    Refusal.QUIET_DIFFERS: _("In the file to merge the person asks not to be contacted. Ask the person what holds, and"
                             " write it into the file that you keep."),
    Refusal.CONSENTS_DIFFER: _("The person withdrew a consent in the file to merge that stands in the file to keep. Ask"
                               " the person what holds, so that both say the same."),
    Refusal.NO_CONSENT: _("The file to keep has no consent to taking part. Keep the other one, or ask the person to"
                          " sign there."),
    Refusal.MEETING_SET: _("Both files have an open application, and in the file to merge the intake meeting is set."
                           " Keep that file, or cancel the meeting first."),
}  # fmt: skip
