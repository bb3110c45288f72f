"""One row of answers for each person of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from supporters.models import CohortAttendance, CohortSession, Enrolment
from supporters.training.choices import Attended
from supporters.training.services_cohorts import presence_mark

CHOOSE = _("Choose one of the answers.")


class PresenceForm(forms.Form):
    """Whoever is left open stays as they were. `elsewhere`: "learned it another way" may be chosen too.

    `seen` tells a page that somebody else's notes have overtaken.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(
        self, *args: Any, session: CohortSession, people: Sequence[Enrolment], elsewhere: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # The mark first: what somebody saves in between is then shown, and never overwritten as if it had been seen.
        self.fields["seen"].initial = presence_mark(session)
        noted = dict(CohortAttendance.objects.filter(session=session).values_list("user", "status"))
        self._people: dict[str, UUID] = {}
        for row in sorted(people, key=lambda one: one.user.name.casefold()):
            name, was = f"p-{row.pk}", noted.get(row.user_id)
            known = [one for one in Attended.choices if elsewhere or one[0] in (Attended.PRESENT, Attended.ABSENT, was)]
            self._people[name] = row.user_id
            self.fields[name] = forms.ChoiceField(
                label=row.user.name or row.user.username, choices=known, widget=forms.RadioSelect, required=False,
                initial=was, error_messages={"invalid_choice": CHOOSE},
            )  # fmt: skip

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self._people]

    def statuses(self) -> dict[UUID, str]:
        """Account → status, of those that were changed."""
        chosen = {name: self.cleaned_data.get(name, "") for name in self._people}
        return {
            self._people[name]: status
            for name, status in chosen.items()
            if status and status != self.fields[name].initial
        }
