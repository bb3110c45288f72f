"""What in a table of another platform looks as if it were about one person. Free of Django.

Monthly numbers need no names, addresses or birthdays, so a table that has them is the wrong one: it is refused as a
whole and kept nowhere. Better one table too many refused than one person's details kept.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Sign(StrEnum):
    """By what something looks personal."""

    HEADING = "heading"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH = "birth"
    POSTAL_CODE = "postal_code"
    NUMBER = "number"
    NAME = "name"
    LONG = "long"


# English and French, without accents. Whole words of a heading ...
_WORDS = """
name names nom noms prenom prenoms surname nickname surnom pseudo pseudonym pseudonyme alias initials initiales
email mail courriel courriels mel phone telephone tel telephones mobile cell cellulaire portable fax sms texto birth
birthday birthdate dob born naissance ddn anniversaire age ages address addresses adresse adresses street rue postal
postcode zip city ville id ids identifier identifiant identifiants identification matricule numero user users
username utilisateur utilisatrice utilisateurs usager usagers login account compte member members membre membres
participant participante participants participantes client cliente clients patient patiente patients person persons
people personne personnes individual individu gender genre sex sexe pronoun pronouns pronom pronoms ethnicity ethnie
race religion ip sin nas ssn student etudiant etudiante employee employe contact diagnosis diagnostic comment
comments commentaire commentaires message messages story
"""
WORDS = frozenset(_WORDS.split())
# ... and what gives it away within a word, as in "userid" or "emailaddress".
PARTS = ("email", "courriel", "phone", "naissance", "birth", "adress", "address", "prenom", "username", "userid",
         "identif", "firstname", "lastname", "fullname", "clientid", "memberid", "matricul")  # fmt: skip

EMAIL = re.compile(r"\S@\S|\(at\)|\[at\]|\barobase\b", re.IGNORECASE)
PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?\(?\d{3}\)?[\s.\-]*\d{3}[\s.\-]*\d{4}(?!\d)")
DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
                  r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d)(?!\d)")  # fmt: skip
POSTAL_CODE = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z][ \-]?\d[A-Z]\d\b", re.IGNORECASE)
# Six digits and more, also in groups of three: an account's or a person's number, not a remark.
NUMBER = re.compile(r"\d(?:[ \-]?\d){5,}|\b\d{1,3}(?:\.\d{1,3}){3}\b")
# A month or a fiscal year is no such number.
MONTH = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-/.]\d\d?|\d\d?[-/.](?:19|20)\d\d|(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d)(?!\d)"
)
NAME = re.compile(r"\b(?:M\.|Mr\.?|Mrs\.?|Ms\.?|Mx\.?|Mme|Mlle|Dr\.?|Dre)\s+[A-ZÀ-ÖØ-Þ]")
MOST_LETTERS, MOST_WORDS = 200, 30


def plain(text: str) -> str:
    """Small letters without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def heading_sign(heading: str) -> Sign | None:
    """Whether a column's heading speaks of people one by one."""
    apart = re.sub(r"(?<=[a-zà-þ])(?=[A-Z])", " ", heading)
    words = re.findall(r"[a-z]+", plain(apart))
    together = "".join(words)
    if WORDS.intersection(words) or any(part in together for part in PARTS):
        return Sign.HEADING
    return value_sign(heading)


def value_sign(value: str) -> Sign | None:
    """Whether a cell, a source or a remark looks as if it named, reached or described somebody."""
    text = unicodedata.normalize("NFKC", value)
    dates_out = MONTH.sub(" / ", DATE.sub(" / ", text))
    for sign, pattern, where in (
        (Sign.EMAIL, EMAIL, text), (Sign.POSTAL_CODE, POSTAL_CODE, text), (Sign.PHONE, PHONE, dates_out),
        (Sign.NUMBER, NUMBER, dates_out), (Sign.NAME, NAME, text),
    ):  # fmt: skip
        if pattern.search(where):
            return sign
    if len(text) > MOST_LETTERS or len(text.split()) > MOST_WORDS:
        return Sign.LONG
    return None


def birth_sign(value: str, this_year: int) -> Sign | None:
    """Whether there is a full date so long ago that somebody was born then. A report's own date is of these years."""
    years = (int(found) for date in DATE.findall(value) for found in re.findall(r"(?:19|20)\d\d", date))
    return Sign.BIRTH if any(year <= this_year - 10 for year in years) else None
