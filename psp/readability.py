"""How hard a text is to read: at most grade 8 in English, at least "plain" in French.

English: Flesch-Kincaid grade. French: the reading ease of Kandel and Moles, the French form of Flesch's, of
which 60 is the lower end of plain language (grades 8 and 9). Both only estimate; syllables are counted by
rule. Official names, which nobody can shorten, and the doublets that name both genders are read as one word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

GRADE_EN, EASE_FR = 8.0, 60.0
OFFICIAL = {
    "en": (
        "Sexual Misconduct Support and Resource Centre", "Canadian Armed Forces", "Junior Canadian Rangers?",
        "Department of National Defence", "National Defence", "Peer Support Program", "public servants?",
        "Office of the Privacy Commissioner of Canada", "Privacy Commissioner of Canada",
        "Directorate Access to Information and Privacy", "Treasury Board Secretariat",
        "Privacy Act", "sexual misconduct", "military sexual trauma", "VAC Assistance Service",
    ),
    "fr": (
        "Centre de soutien et de ressources sur l’inconduite sexuelle", "Forces armées canadiennes",
        "Rangers juniors canadiens", "ministère de la Défense nationale", "Défense nationale",
        "fonction publique", "fonctionnaires", "Programme de soutien par les pairs",
        "Loi sur la protection des renseignements personnels",
        "Commissariat à la protection de la vie privée du Canada",
        "Direction de l’accès à l’information et de la protection des renseignements personnels",
        "Secrétariat du Conseil du Trésor", "inconduite sexuelle", "traumatisme sexuel militaire",
        "coordonnatrice ou (?:à )?un coordonnateur",
        "conseillère ou un conseiller", "violence sexuelle", "agression sexuelle",
    ),
}  # fmt: skip


def plain(text: str, language: str) -> str:
    for name in OFFICIAL[language]:
        text = re.sub(name, "mot" if language == "fr" else "name", text)
    return re.sub(r"\{\w+\}|\S+@\S+|[\d][\d-]*", "x", text)


def syllables(word: str, language: str) -> int:
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    if language == "fr":
        # A silent ending: e, es, ent after a consonant.
        folded = re.sub(r"(?<=[^aeiouy])(?:es?|ent)$", "", folded) if len(folded) > 3 else folded
    else:
        folded = re.sub(r"(?<=[^aeiouylst])(?:e|es|ed)$|(?<=[aeiouy][lst])e$", "", folded)
    return max(1, len(re.findall(r"[aeiouy]+", folded)))


def measures(text: str, language: str) -> tuple[float, float]:
    """Words per sentence and syllables per word."""
    sentences = [part for part in re.split(r"[.!?:;\n]+(?:\s|$)", text) if re.search(r"\w", part)]
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.replace("’", " "))
    return len(words) / len(sentences), sum(syllables(word, language) for word in words) / len(words)


def grade_en(text: str) -> float:
    per_sentence, per_word = measures(text, "en")
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def ease_fr(text: str) -> float:
    per_sentence, per_word = measures(text, "fr")
    return 207 - 1.015 * per_sentence - 73.6 * per_word


@dataclass(frozen=True, slots=True)
class Reading:
    """How one text reads: `value` is a grade in English, an ease in French (higher is easier)."""

    value: float
    plain: bool


def reading_of(text: str, language: str) -> Reading | None:
    """The measure of a text in "en" or "fr" against the house's limits; None where there is no word in it."""
    if not re.search(r"[^\W\d_]", text):
        return None
    whole = plain(text, language)
    value = ease_fr(whole) if language == "fr" else grade_en(whole)
    return Reading(round(value, 1), value >= EASE_FR if language == "fr" else value <= GRADE_EN)
