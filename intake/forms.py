"""The application form: one page of question groups. Nothing asks what happened, and no field takes a story."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose
from intake.forms_asking import (
    CALL_NAME,
    CHOOSE,
    CRITERIA,
    HOURS,
    NO,
    PHONE_CONSENTS,
    REACH,
    YES,
    WishesForm,
    statement_field,
)
from intake.forms_wishes import SUITS, WHEN, GroupWishesForm
from intake.models import Participant
from intake.sending import ContactWishes, Sending
from intake.texts import places
from psp.bilingual import reader_language
from psp.choices import Language
from psp.inputs import AddressField, LineField, NumberField


class ApplicationForm(GroupWishesForm, WishesForm):
    """The public form. Field names are part of the page's contract with scripts and tests."""

    read_notice = forms.BooleanField(
        label=_("I have read how my information is used and protected, and I want to go on."),
        error_messages={"required": _("Please read the notice, then tick this line to go on.")},
    )
    region = forms.ChoiceField(
        label=_("Where do you live?"),
        help_text=_("Province or territory only. We do not ask for your address."),
        error_messages={"required": _("Choose the place where you live."),
                        "invalid_choice": _("Choose a place from the list.")},
    )  # fmt: skip
    email_safe = forms.ChoiceField(
        label=_("Is it safe for us to write to you by e-mail?"), widget=forms.RadioSelect,
        choices=[(YES, _("Yes, you may write to me by e-mail")), (NO, _("No, do not write to me by e-mail"))],
        help_text=_("Think about who else can read your e-mail. Our messages never say what they are about."),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    email = AddressField(
        label=_("E-mail address"), required=False,
        help_text=_("Needed if we may write to you. You also use it to sign in. Better not an address of your work."),
        widget=forms.EmailInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "data-needed-with": "email_safe=yes"}
        ),
    )  # fmt: skip
    phone = NumberField(
        label=_("Phone number"), required=False, max_length=40,
        help_text=_("Needed only if e-mail is not safe."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "tel", "data-needed-with": "email_safe=no"}
        ),
    )  # fmt: skip
    sms_safe = forms.BooleanField(label=_("You may send text messages to this number."), required=False)
    call_safe = forms.BooleanField(label=_("You may call this number."), required=False)
    voicemail_safe = forms.BooleanField(
        label=_("You may leave a voicemail. It will not say what it is about."), required=False
    )
    caller_name = LineField(
        label=_("If we call, who may we say is calling?"), required=False, max_length=80,
        help_text=_("For example a first name, or a shop. If you leave this empty, we say a first name and no more."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    hours = forms.ChoiceField(
        label=_("When is it safe to reach you?"), widget=forms.RadioSelect,
        choices=[("any", _("At any time")), ("daytime", _("Monday to Friday, from 9 a.m. to 5 p.m.")),
                 ("evenings", _("In the evening, from 5 p.m. to 9 p.m."))],
        help_text=_("In the time of the place where you live. You can set your own hours later, in your space."),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    name_to_use = LineField(
        label=_("Name to use in messages"),
        required=False,
        max_length=80,
        help_text=_("If you leave this empty, our messages start without a name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = LineField(
        label=_("What should we call you?"),
        max_length=80,
        help_text=_("A first name or any name you choose. It does not have to be your legal name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write a name that we can call you by. Any name will do.")},
    )
    language = forms.ChoiceField(
        label=_("Which language do you prefer?"), choices=Language.choices, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip

    def put_together(self) -> None:
        super().put_together()
        choices = [(code, str(region)) for code, region in places().items()]
        cast("forms.ChoiceField", self.fields["region"]).choices = [("", gettext("Choose a place")), *choices]
        self.why |= self.put_wishes_together(usual=gettext("The usual time of the place where I live"))
        self.fields["languages"].initial = [reader_language()]
        self.order_fields(self._page_order())
        self.fields["language"].initial = reader_language()
        self.fields["typed_name"].widget.attrs["autocomplete"] = "off"
        self.why |= {
            "region": gettext("A coordinator for your region reads your application. It also tells us your time zone."),
            "email_safe": gettext(
                "Someone close to you may see your messages. We write only where you say that it is safe."
            ),
            "name": gettext("Everyone in the program will know you by this name."),
        }

    def _page_order(self) -> list[str]:
        """As the page asks, so that a list of what to mend reads in the same order."""
        consents = [name for name in self.fields if "__" in name]
        return [
            "read_notice",
            *CRITERIA,
            "services",
            "modalities",
            "region",
            *SUITS,
            *WHEN,
            *REACH,
            *CALL_NAME,
            *consents,
            "typed_name",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_email(cleaned)
        self._check_phone(cleaned)
        if not self.errors:
            self._check_reachable(cleaned)
        return cleaned

    def _check_email(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("email_safe") == YES and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", gettext("Write the e-mail address at which it is safe to reach you."))

    def _check_phone(self, cleaned: dict[str, Any]) -> None:
        wanted = any(cleaned.get(name) for name in ("sms_safe", "call_safe", "voicemail_safe"))
        if wanted and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", gettext("Add the number that we may use, or untick the lines below it."))

    def _check_reachable(self, cleaned: dict[str, Any]) -> None:
        """A coordinator must be able to answer: by a way that is both safe and agreed to."""
        marked = [purpose for name, purpose in PHONE_CONSENTS.items() if cleaned[name]]
        for purpose in marked:
            self._check_agreed(purpose)
        if marked:
            return
        if cleaned["email_safe"] == NO:
            field = "call_safe" if cleaned["phone"] else "phone"
            self.add_error(
                field, gettext("We need one safe way to answer you: a phone number that we may call, or e-mail.")
            )
        elif ConsentPurpose.CONTACT_EMAIL in self.consents and not self.ticked(ConsentPurpose.CONTACT_EMAIL):
            first = self.consents[ConsentPurpose.CONTACT_EMAIL].lines[0]["code"]
            self.add_error(
                statement_field(ConsentPurpose.CONTACT_EMAIL, first),
                gettext(
                    "To answer you by e-mail we need your yes to these lines. Or give a phone number that we may call."
                ),
            )

    def _check_agreed(self, purpose: str) -> None:
        if purpose in self.consents and not self.ticked(purpose):
            first = self.consents[purpose].lines[0]["code"]
            text = gettext("To use your number in this way we need your yes to this line. Or untick it further up.")
            self.add_error(statement_field(purpose, first), text)

    def sending(self) -> Sending:
        """The valid form as the service takes it."""
        said = self.cleaned_data
        wishes = ContactWishes(
            email=said["email"], email_safe=said["email_safe"] == YES, phone=said["phone"],
            sms_safe=said["sms_safe"], call_safe=said["call_safe"], voicemail_safe=said["voicemail_safe"],
            caller_name=said["caller_name"], name_to_use=said["name_to_use"],
            hours=HOURS[said["hours"]],
        )  # fmt: skip
        return Sending(
            sent_key=said["sent_key"], answers=self.answers(), services=tuple(said["services"]),
            modalities=tuple(said["modalities"]), region=places()[said["region"]], language=said["language"],
            name=said["name"],
            contact=wishes, consents=self.signings(), typed_name=said["typed_name"], version=self.version,
            notice_version=self.shown.notice, look_anyway=said["look_anyway"], wishes=self.wishes(),
            time_zone=said["time_zone"],
        )  # fmt: skip


class AgainForm(WishesForm):
    """Another application from the person's own pages: name, place and safe contact are in the file."""

    def put_together(self) -> None:
        super().put_together()
        consents = [name for name in self.fields if "__" in name]
        self.order_fields([*CRITERIA, "services", "modalities", *consents, "typed_name"])

    def sending_of(self, participant: Participant) -> Sending:
        said = self.cleaned_data
        return Sending(
            sent_key=said["sent_key"], answers=self.answers(), services=tuple(said["services"]),
            modalities=tuple(said["modalities"]), region=participant.region, language=reader_language(),
            name="", contact=ContactWishes(), consents=self.signings(), typed_name=said["typed_name"],
            version=self.version, notice_version=self.shown.notice, look_anyway=said["look_anyway"],
        )  # fmt: skip
