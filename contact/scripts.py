"""What may be said on the phone, and what may not. Sentences to say are in the person's language, and neutral."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact.choosing import consented_channels, safe_channels
from contact.models import CallTask, SafeContact
from contact.rules import Channel
from psp.calendar_text import long_datetime
from psp.content import in_language, load

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Script:
    """Sentences in the person's language, "" where nothing may be said; and what may be used at all.

    `number`, `address`: only where a call, or a letter, is safe and agreed to.
    """

    language: str
    number: str
    address: str
    caller: str
    ask_for: str
    good_time: str
    say: str
    someone_else: str
    who: str
    voicemail: str
    letter: str


def script_for(task: CallTask, choices: SafeContact) -> Script:
    """The script of one call, or of a letter."""
    content, language = load("call_scripts"), choices.language
    usable = safe_channels(choices) & consented_channels(choices.person)
    caller = choices.caller_name
    return Script(
        language=language,
        number=choices.phone if Channel.PHONE in usable else "",
        address=choices.address if Channel.POST in usable else "",
        caller=caller,
        ask_for=_ask_for(content, choices),
        good_time=in_language(content, "good_time", language),
        say=what_to_say(task.message.template_id, language, task.message.context, choices.person.time_zone),
        someone_else=in_language(content, "someone_else", language),
        who=in_language(content, "who", language).replace("{caller}", caller) if caller else "",
        voicemail=in_language(content, "voicemail", language) if Channel.VOICEMAIL in usable else "",
        letter=in_language(content, "letter", language),
    )


def _ask_for(content: dict[str, Any], choices: SafeContact) -> str:
    """By the name that the person chose for messages, or by none: another may mean something to who answers."""
    if not choices.name_to_use:
        return in_language(content, "ask_for_nobody", choices.language)
    return in_language(content, "ask_for", choices.language).replace("{name}", choices.name_to_use)


def what_to_say(template: str, language: str, context: dict[str, Any], tz: str) -> str:
    """What the message would have said, in words to speak; moments on the person's own clock."""
    spoken = {item["code"]: item for item in load("call_scripts")["messages"]}
    text = in_language(spoken.get(template) or spoken[OTHER], "say", language)
    if "{when}" not in text:
        return text
    return text.replace("{when}", long_datetime(datetime.fromisoformat(context["at"]), tz, language))
