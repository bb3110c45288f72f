"""The application as a coordinator enters it during a call: the same steps, read aloud."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.choices import Manner
from intake.forms import ApplicationForm
from intake.forms_asking import PHONE_CONSENTS, YES
from intake.sending import Sending
from intake.texts import places
from psp.models import User
from psp.sight import coordinated_regions


class EnteringForm(ApplicationForm):
    """Only places of the coordinator's own regions. A person without any channel says "I will call you"."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = coordinated_regions(by)
        region = cast("forms.ChoiceField", copy.deepcopy(self.fields["region"]))
        offered = cast("list[tuple[str, str]]", region.choices)
        region.choices = [
            (code, label) for code, label in offered if not code or places()[code].program_region_id in own
        ]
        region.error_messages["invalid_choice"] = _("Choose a place in your region. Another one has its own team.")
        self.fields["region"] = region
        # The page of the public form asks for the number there; here a person may have no way at all.
        phone = copy.deepcopy(self.fields["phone"])
        phone.widget.attrs.pop("data-needed-with", None)
        self.fields["phone"] = phone

    def _check_reachable(self, cleaned: dict[str, Any]) -> None:
        """Whoever wants no way at all will call; any way that is wanted needs its consent as everywhere."""
        if cleaned["email_safe"] == YES or any(cleaned[name] for name in PHONE_CONSENTS):
            super()._check_reachable(cleaned)

    def sending(self) -> Sending:
        return replace(super().sending(), manner=Manner.SPOKEN)
