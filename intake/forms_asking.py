"""What every application asks: the criteria, what the person would like, the consents. No field takes a story.

The criteria and consent texts come from the versions in force, so a new wording needs no new code. `texts` names
the versions that the page showed: nobody signs a text that changed while they were reading.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose
from consent.models import ConsentVersion
from intake.choices import Modality, Service
from intake.rules import UNANSWERED, Answers, Assessment, CriterionCode, Reason
from intake.sending import Signing, check
from intake.texts import Texts, reading_period, texts_of_today
from psp.bilingual import reader_language
from psp.content import in_language
from psp.inputs import LineField

YES, NO = "yes", "no"
DAYTIME = tuple((day, 9 * 60, 17 * 60) for day in range(5))
EVENINGS = tuple((day, 17 * 60, 21 * 60) for day in range(7))
HOURS: dict[str, tuple[tuple[int, int, int], ...]] = {"any": (), "daytime": DAYTIME, "evenings": EVENINGS}
CRITERIA = tuple(str(code) for code in CriterionCode)
REACH = (
    "email_safe", "email", "phone", "sms_safe", "call_safe", "voicemail_safe", "caller_name", "hours", "name_to_use",
)  # fmt: skip
CALL_NAME = ("name", "language")
# Ways to use the number, with the consent that each needs.
PHONE_CONSENTS = {"sms_safe": ConsentPurpose.CONTACT_SMS, "call_safe": ConsentPurpose.CONTACT_PHONE}
CHOOSE, ANSWER = _("Choose an answer."), _("Please answer this question.")


def yes_or_no() -> list[tuple[str, str]]:
    return [(YES, gettext("Yes")), (NO, gettext("No"))]


def statement_field(purpose: str, code: str) -> str:
    """Name of the tick box of one statement."""
    return f"{purpose}__{code}"


class SharedFields(dict[str, forms.Field]):
    """Fields that many forms use at once, because putting them together costs more than judging what was typed."""

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedFields:
        return SharedFields(self)


@lru_cache(maxsize=24)
def fields_of(
    kind: type[EligibilityForm], texts: Texts, language: str, _period: int
) -> tuple[SharedFields, dict[str, str]]:
    """The fields of one kind of form in one language, and why each is asked."""
    draft = kind.__new__(kind)
    draft.shown, draft.version, draft.why = texts, texts.version, {}
    draft.fields = copy.deepcopy(kind.base_fields)
    draft.put_together()
    return SharedFields(draft.fields), draft.why


class EligibilityForm(forms.Form):
    """The five criteria of one version, one question each ([PIA] rules 1 to 5)."""

    def __init__(self, *args: Any, texts: Texts | None = None, **kwargs: Any) -> None:
        self.shown = texts or texts_of_today()
        self.version = self.shown.version
        language = reader_language()
        shared, self.why = fields_of(type(self), self.shown, language, reading_period())
        # Django copies `base_fields` deeply; these are shared instead.
        vars(self)["base_fields"] = shared
        super().__init__(*args, **kwargs)

    def put_together(self) -> None:
        """Add to `fields` and `why` what depends on the texts and the language. Runs once for many forms."""
        asked = {item.code for item in self.version.rules.criteria if item.on}
        for item in self.version.wording["criteria"]:
            if item["code"] in asked:
                self._add_criterion(item)

    def own_fields(self) -> None:
        """Fields of this form alone, for drawing it: widgets are changed there."""
        self.fields = {name: copy.deepcopy(field) for name, field in self.fields.items()}
        self._bound_fields_cache: dict[str, Any] = {}

    @cached_property
    def reason_texts(self) -> dict[str, str]:
        """Each reason's sentence in the reader's language."""
        return {item["code"]: self._say(item, "text") for item in self.version.wording["reasons"]}

    @property
    def not_eligible_words(self) -> dict[str, str]:
        item = self.version.wording["not_eligible"]
        return {key: self._say(item, key) for key in ("title", "text")}

    @staticmethod
    def _say(item: Mapping[str, Any], key: str) -> str:
        return in_language(dict(item), key, reader_language())

    def _add_criterion(self, item: Mapping[str, Any]) -> None:
        code = item["code"]
        unanswered = self.reason_texts.get(f"unanswered_{code}", str(ANSWER))
        self.fields[code] = forms.ChoiceField(
            label=self._say(item, "question"), help_text=self._say(item, "hint"), widget=forms.RadioSelect,
            choices=self._affiliations() if code == CriterionCode.AFFILIATION else yes_or_no(),
            error_messages={"required": unanswered, "invalid_choice": unanswered},
        )  # fmt: skip
        self.why[code] = self._say(item, "why")

    def _affiliations(self) -> list[tuple[str, str]]:
        return [(item["code"], self._say(item, "label")) for item in self.version.wording["affiliations"]]

    def answers(self) -> Answers:
        """What was answered; None where nothing usable was."""
        said = {code: {YES: True, NO: False}.get(self.cleaned_data.get(code, "")) for code in CRITERIA}
        return Answers(
            affiliation=self.cleaned_data.get(CriterionCode.AFFILIATION) or None, adult=said["adult"],
            experienced=said["experienced"], has_device=said["device"], agrees_to_meeting=said["meeting"],
        )  # fmt: skip

    def assessment(self) -> Assessment:
        self.is_valid()
        services = self.cleaned_data.get("services") or ()
        return check(answers=self.answers(), services=services, version=self.version)

    def not_met(self) -> tuple[Reason, ...]:
        """Criteria that an answer says are not met; those without an answer are left out."""
        return tuple(reason for reason in self.assessment().reasons if reason not in UNANSWERED)

    def says_no(self) -> bool:
        """Every criterion is answered, and one of them is not met."""
        assessment = self.assessment()
        return assessment.complete and not assessment.eligible


class WishesForm(EligibilityForm):
    """What the person would like, and the consents: what every application has, a first one or another."""

    sent_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Please send this page again."),
            "invalid": _("Please send this page again."),
        },
    )
    texts = forms.CharField(widget=forms.HiddenInput, required=False)
    look_anyway = forms.BooleanField(widget=forms.HiddenInput, required=False)
    services = forms.MultipleChoiceField(
        label=_("What interests you?"),
        help_text=_("Choose one or more. You can change your mind when you meet the coordinator."),
        choices=Service.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one. You can change it later."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    modalities = forms.MultipleChoiceField(
        label=_("How could you take part?"), help_text=_("Choose one or both."), choices=Modality.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    typed_name = LineField(
        label=_("Type your name to sign"), max_length=120,
        help_text=_("Any name you go by will do. It stands for your signature, with today's date."),
        error_messages={"required": _("Type your name to sign. Any name you go by will do.")},
    )  # fmt: skip

    @property
    def consents(self) -> dict[str, ConsentVersion]:
        return self.shown.consents

    def put_together(self) -> None:
        super().put_together()
        self.fields["sent_key"].initial = uuid4
        self.fields["texts"].initial = self.shown.names
        self.why["services"] = gettext("So that we offer you what you want, and nothing else.")
        for version in self.consents.values():
            self._add_consent(version)

    def _add_consent(self, version: ConsentVersion) -> None:
        needed = version.purpose == ConsentPurpose.TAKING_PART
        for line in version.lines:
            self.fields[statement_field(version.purpose, line["code"])] = forms.BooleanField(
                label=line["text"], required=needed and line["required"],
                error_messages={"required": gettext("Tick this line if you agree. Without it we cannot go on.")},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("texts", "") != self.shown.names:
            self._ask_to_read_again()
        if "sent_key" in self.errors:
            self.renew_key()
        for purpose in self.consents.keys() - {ConsentPurpose.TAKING_PART}:
            self._check_all_or_none(purpose)
        return cleaned

    def _put(self, **values: str) -> None:
        """Change what the page will show as sent."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def renew_key(self) -> None:
        """Let the page, sent once more, count as a sending of its own."""
        self._put(sent_key=str(uuid4()))

    def _ask_to_read_again(self) -> None:
        """The page showed another version. Ticks of the old text must not become a signature under the new one."""
        self._put(texts=self.shown.names)
        for name in [name for name in self.data if "__" in name]:
            self._put(**{name: ""})
        self.add_error(None, gettext("Our texts changed while you were writing. Please read them again, then send."))

    def _check_all_or_none(self, purpose: str) -> None:
        ticked = self.ticked(purpose)
        needed = [line["code"] for line in self.consents[purpose].lines if line["required"]]
        missing = [code for code in needed if code not in ticked]
        if ticked and missing:
            self.add_error(
                statement_field(purpose, missing[0]),
                gettext("Tick this line too to say yes, or untick the other to say no."),
            )

    def ticked(self, purpose: str) -> frozenset[str]:
        lines = self.consents[purpose].lines
        return frozenset(
            line["code"] for line in lines if self.cleaned_data.get(statement_field(purpose, line["code"]))
        )

    def signings(self) -> tuple[Signing, ...]:
        """What was signed: every text of which a line is ticked."""
        found = ((version, self.ticked(purpose)) for purpose, version in sorted(self.consents.items()))
        return tuple(Signing(version, ticked) for version, ticked in found if ticked)

    def forget_errors(self) -> None:
        """Show what was typed without judging it, for somebody who comes back to change an answer."""
        self._errors = forms.utils.ErrorDict()
