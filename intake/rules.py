"""Who the program is for, as dated and versioned data ([PIA] criteria; domain rules 1 to 7).

A rule set says which criteria are on, for which services, and which affiliations are covered. Changing the
rules means adding a version; an old decision keeps the version that made it. Nothing here keeps an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar


class CriterionCode(StrEnum):
    """The five published criteria, in the order in which they are asked."""

    AFFILIATION = "affiliation"
    ADULT = "adult"
    EXPERIENCED = "experienced"
    DEVICE = "device"
    MEETING = "meeting"


class Affiliation(StrEnum):
    """What a person may say about their link; the last one is an answer, never a covered category."""

    CURRENT_CAF_MEMBER = "current_caf_member"
    FORMER_CAF_MEMBER = "former_caf_member"
    VETERAN = "veteran"
    DND_PUBLIC_SERVANT = "dnd_public_servant"
    CADET = "cadet"
    JUNIOR_RANGER = "junior_ranger"
    FAMILY_MEMBER = "family_member"
    NONE_OF_THESE = "none_of_these"


class Service(StrEnum):
    """What a person can ask to join (domain rules 8 to 10)."""

    FORMAL = "formal"
    INFORMAL = "informal"
    ACTIVITY = "activity"


class Reason(StrEnum):
    """Why an assessment is not positive: a criterion not met, or not answered yet."""

    AFFILIATION_NOT_COVERED = "affiliation_not_covered"
    AFFILIATION_NOT_YET_COVERED = "affiliation_not_yet_covered"
    UNDER_18 = "under_18"
    NOT_EXPERIENCED = "not_experienced"
    NO_DEVICE = "no_device"
    MEETING_DECLINED = "meeting_declined"
    UNANSWERED_AFFILIATION = "unanswered_affiliation"
    UNANSWERED_ADULT = "unanswered_adult"
    UNANSWERED_EXPERIENCED = "unanswered_experienced"
    UNANSWERED_DEVICE = "unanswered_device"
    UNANSWERED_MEETING = "unanswered_meeting"


CATEGORIES = frozenset(Affiliation) - {Affiliation.NONE_OF_THESE}
# Switched off today and announced for later ([PIA], rule 6): the person is told so.
PLANNED = frozenset({Affiliation.FAMILY_MEMBER})
UNANSWERED = frozenset(reason for reason in Reason if reason.startswith("unanswered_"))
NOT_MET = {
    CriterionCode.ADULT: Reason.UNDER_18,
    CriterionCode.EXPERIENCED: Reason.NOT_EXPERIENCED,
    CriterionCode.DEVICE: Reason.NO_DEVICE,
    CriterionCode.MEETING: Reason.MEETING_DECLINED,
}
CRITERION_OF: dict[Reason, CriterionCode] = {
    **{reason: code for code, reason in NOT_MET.items()},
    **{Reason(f"unanswered_{code}"): code for code in CriterionCode},
    Reason.AFFILIATION_NOT_COVERED: CriterionCode.AFFILIATION,
    Reason.AFFILIATION_NOT_YET_COVERED: CriterionCode.AFFILIATION,
}

Word = TypeVar("Word", bound=StrEnum)


class RulesError(ValueError):
    """Stored rules that cannot be read: `path` is the place ("criteria[2].on"), `message` what is wrong."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path, self.message = path, message


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: on or off, for every service (`services` is None) or for some of them only."""

    code: CriterionCode
    on: bool = True
    services: frozenset[Service] | None = None

    def applies_to(self, services: Collection[Service]) -> bool:
        """Whether someone who asks for `services` has to meet it."""
        return self.on and (self.services is None or not self.services.isdisjoint(services))


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """One version of the rules. `affiliations` are the covered categories; the others are switched off."""

    version: int
    valid_from: date
    criteria: tuple[Criterion, ...]
    affiliations: frozenset[Affiliation]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said; None means not answered. Nothing else is ever asked ([PIA] criterion 3)."""

    affiliation: str | None = None
    adult: bool | None = None
    experienced: bool | None = None
    has_device: bool | None = None
    agrees_to_meeting: bool | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome under one version: eligible exactly when there is no reason against it."""

    reasons: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        return not self.reasons

    @property
    def complete(self) -> bool:
        """Whether every criterion that applies was answered."""
        return UNANSWERED.isdisjoint(self.reasons)


def _affiliation_reason(answer: str | None, covered: frozenset[Affiliation]) -> Reason | None:
    if answer is None or answer == "":
        return Reason.UNANSWERED_AFFILIATION
    if answer in covered:
        return None
    return Reason.AFFILIATION_NOT_YET_COVERED if answer in PLANNED else Reason.AFFILIATION_NOT_COVERED


def _yes_no(answers: Answers, code: CriterionCode) -> bool | None:
    return {
        CriterionCode.ADULT: answers.adult,
        CriterionCode.EXPERIENCED: answers.experienced,
        CriterionCode.DEVICE: answers.has_device,
        CriterionCode.MEETING: answers.agrees_to_meeting,
    }[code]


def _reason(answers: Answers, rules: EligibilityRules, code: CriterionCode) -> Reason | None:
    if code is CriterionCode.AFFILIATION:
        return _affiliation_reason(answers.affiliation, rules.affiliations)
    answer = _yes_no(answers, code)
    if answer is None:
        return Reason(f"unanswered_{code}")
    return None if answer else NOT_MET[code]


def assess(answers: Answers, rules: EligibilityRules, *, services: Collection[str]) -> Assessment:
    """Eligible for **all** of `services`? Reasons come in the order of the rules' criteria.

    A criterion limited to some services counts when at least one of them is asked for; with no service named,
    only the criteria for everyone count. ValueError for a service that does not exist.
    """
    wanted = [Service(service) for service in services]
    applying = (criterion.code for criterion in rules.criteria if criterion.applies_to(wanted))
    found = (_reason(answers, rules, code) for code in applying)
    return Assessment(tuple(reason for reason in found if reason))


def needs_meeting(rules: EligibilityRules, *, services: Collection[str]) -> bool:
    """Whether someone has to meet a coordinator before the first session of one of `services` (rules 5 and 6)."""
    wanted = [Service(service) for service in services]
    return any(item.code is CriterionCode.MEETING and item.applies_to(wanted) for item in rules.criteria)


def in_force(rule_sets: Iterable[EligibilityRules], on: date) -> EligibilityRules | None:
    """The newest version whose first day is not after `on`; None before the first one."""
    started = [rules for rules in rule_sets if rules.valid_from <= on]
    return max(started, key=lambda rules: (rules.valid_from, rules.version), default=None)


def to_json(rules: EligibilityRules) -> dict[str, Any]:
    """The form in which a version is stored; `from_json` reads it back to an equal value."""
    return {
        "version": rules.version,
        "valid_from": rules.valid_from.isoformat(),
        "criteria": [
            {
                "code": str(item.code),
                "on": item.on,
                "services": None if item.services is None else sorted(item.services),
            }
            for item in rules.criteria
        ],
        "affiliations": [
            {"code": str(code), "on": code in rules.affiliations} for code in Affiliation if code in CATEGORIES
        ],
    }


def from_json(data: object) -> EligibilityRules:
    """Rules from their stored form. Strict: every criterion and category once, nothing unknown.

    RulesError names the place and what is wrong.
    """
    whole = _object(data, "", {"version", "valid_from", "criteria", "affiliations"})
    criteria = tuple(_criterion(item, path) for item, path in _items(whole["criteria"], "criteria"))
    switches = dict(_switch(item, path) for item, path in _items(whole["affiliations"], "affiliations"))
    _each_once([item.code for item in criteria], set(CriterionCode), "criteria")
    _each_once([item["code"] for item in whole["affiliations"]], set(CATEGORIES), "affiliations")
    covered = frozenset(code for code, on in switches.items() if on)
    affiliation_on = any(item.on for item in criteria if item.code is CriterionCode.AFFILIATION)
    if affiliation_on and not covered:
        raise RulesError("affiliations", "at least one must be on while the affiliation criterion is on")
    return EligibilityRules(_version(whole["version"]), _day(whole["valid_from"], "valid_from"), criteria, covered)


def _object(data: object, path: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise RulesError(path, "must be an object")
    for missing in sorted(keys - set(data)):
        raise RulesError(_under(path, missing), "is missing")
    for unknown in sorted(map(str, set(data) - keys)):
        raise RulesError(_under(path, unknown), "is not known here")
    return data


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _items(data: object, path: str) -> list[tuple[object, str]]:
    if not isinstance(data, list):
        raise RulesError(path, "must be a list")
    return [(item, f"{path}[{number}]") for number, item in enumerate(data)]


def _criterion(data: object, path: str) -> Criterion:
    item = _object(data, path, {"code", "on", "services"})
    code = _word(CriterionCode, item["code"], f"{path}.code")
    services = item["services"]
    if services is None:
        return Criterion(code, _flag(item["on"], f"{path}.on"))
    named = [_word(Service, word, place) for word, place in _items(services, f"{path}.services")]
    if not named:
        raise RulesError(f"{path}.services", "must name a service, or be null for all of them")
    if len(named) != len(set(named)):
        raise RulesError(f"{path}.services", "names a service twice")
    return Criterion(code, _flag(item["on"], f"{path}.on"), frozenset(named))


def _switch(data: object, path: str) -> tuple[Affiliation, bool]:
    item = _object(data, path, {"code", "on"})
    code = _word(Affiliation, item["code"], f"{path}.code")
    return code, _flag(item["on"], f"{path}.on")


def _word(kind: type[Word], value: object, path: str) -> Word:
    if isinstance(value, str) and value in {str(word) for word in kind}:
        return kind(value)
    raise RulesError(path, f"must be one of {', '.join(kind)}")


def _each_once(found: list[Any], expected: set[Any], path: str) -> None:
    for code in found:
        if found.count(code) > 1:
            raise RulesError(path, f"names {code} more than once")
        if code not in expected:
            raise RulesError(path, f"{code} cannot be switched")
    for code in sorted(expected - set(found)):
        raise RulesError(path, f"{code} is missing")


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise RulesError(path, "must be true or false")
    return value


def _version(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RulesError("version", "must be a whole number from 1")
    return value


def _day(value: object, path: str) -> date:
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise RulesError(path, "must be a date such as 2026-11-01") from None
