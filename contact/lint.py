"""Words that must never leave the system unless the person chose so (domain rule 25).

A message is neutral when someone else in the home can read it and learn nothing: not who writes, not what it
is about. The list errs on the side of refusing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Beginnings of words, folded (lower case, no accents, plain apostrophes). A "$" at the end: the whole word.
ENGLISH = (
    "abus", "addict", "anxiety", "armed", "army", "assault", "atip$", "attack", "caf$", "cadet", "clinic",
    "complain", "confidential", "consent", "counsel", "crisis", "defence", "defense", "depress", "disclos",
    "dnd$", "eligib", "facilitator", "forces", "group", "harass", "harm", "heal$", "healing", "helpline",
    "incident", "informal", "intake", "investigat", "junior ranger", "lived experience", "medical",
    "mental", "military", "misconduct", "mst$", "navy", "participant", "patient", "peer", "police",
    "program", "psp$", "psych", "ptsd", "rape", "ranger", "recover", "safety plan", "session", "sex",
    "smrc", "smsrc", "soldier", "squadron", "suicid", "support", "surviv", "therap", "togetherall", "trauma",
    "troop", "vac$", "veteran", "victim", "violen", "wellbeing", "wellness",
)  # fmt: skip
FRENCH = (
    "abus", "acc$", "admissib", "agress", "aiprp$", "anciens combattants", "animat", "anxiete", "armee",
    "attaqu", "blessure", "cadet", "clinique", "confidenti", "conseill", "consent", "crise", "csris", "ciis",
    "defense", "depress", "detresse", "dossier medical", "entraide", "enquete", "escadron", "fac$", "forces",
    "groupe", "guerir", "guerison", "harcel", "incident", "inconduite", "intimidation", "marine", "mdn$",
    "medic", "mental", "militaire", "officiel", "pair$", "paire$", "pairs$", "paires$", "participant",
    "plainte", "police", "programme", "psp$", "psy", "ranger", "reserviste", "retabliss", "seance", "sex",
    "soldat", "soutien", "suicid", "surviv", "therap", "togetherall", "trauma", "tspt$", "tsm$", "veteran",
    "victime", "viol$", "violen", "vecu",
)  # fmt: skip
# Addresses give away as much as words do.
ADDRESSES = (r"forces\.gc\.ca", r"veterans\.gc\.ca", r"\bgc\.ca\b", r"1.?844.?750.?1648", r"\bppu\b")


def _fold(text: str) -> str:
    """Lower case without accents, with plain apostrophes, hyphens and spaces, no invisible characters."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in spread if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    return re.sub(r"[\s_\-\u2010-\u2015]+", " ", kept.replace("\u2019", "'"))


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    stems = (re.escape(word[:-1]) + r"\b" if word.endswith("$") else re.escape(word) for word in words)
    return re.compile(rf"\b(?:{'|'.join(stems)})\w*|{'|'.join(ADDRESSES)}")


def neutral_violations(text: str, language: str) -> list[str]:
    """The telling words in `text`, folded, each once, in order; empty when the text is neutral.

    `language` "fr" or "en" adds the words of the other one too where they cannot be mistaken: a French
    message may carry an English name and the other way round. ValueError for any other language.
    """
    if language not in ("en", "fr"):
        raise ValueError(f"no such language: {language}")
    own, other = (ENGLISH, FRENCH) if language == "en" else (FRENCH, ENGLISH)
    words = own + tuple(word for word in other if word not in FALSE_FRIENDS[language])
    return list(dict.fromkeys(_pattern(words).findall(_fold(text))))


# Words of the other language that mean something harmless in this one.
FALSE_FRIENDS = {
    "en": frozenset({"acc$", "animat", "conseill", "fac$", "marine", "pair$", "pairs$", "viol$", "officiel"}),
    "fr": frozenset({"army", "attack", "harm", "informal", "session"}),
}
