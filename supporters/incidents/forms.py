"""Saying what happened, in a minute; and what is done about it. A few words at most, nothing about the past."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.desk import reference_of
from intake.models import Participant
from privacy.forms_breach import MomentField, OnOwnClock
from privacy.forms_rights import WordsField
from psp.inputs import DayField, LineField
from psp.models import ProgramRegion, User
from psp.sight import coordinated_regions
from supporters.incidents import links as incident_links
from supporters.incidents.choices import Change, NeedNow
from supporters.incidents.models import LESSON, NOTE, WORDS, Incident, IncidentKind
from supporters.incidents.people import colleagues
from supporters.models import Supporter

FROM_THE_LIST = gettext_lazy("Choose from the list.")
NO_STORY = gettext_lazy(
    "Only what somebody needs to act now. Nothing about what anybody lived through before, and no names: tick them"
    " above."
)
NOWHERE = "none"


class ReportForm(OnOwnClock):
    """The first questions are the ones that decide who is told; everything after the time may be left out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is."), "invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    near_miss = forms.BooleanField(
        label=gettext_lazy("Nothing happened, but it could have"), required=False,
        help_text=gettext_lazy("Worth telling: it helps to prevent the next one."),
    )  # fmt: skip
    occasion = forms.ChoiceField(
        label=gettext_lazy("Where was it?"), error_messages={"required": FROM_THE_LIST, "invalid_choice": FROM_THE_LIST}
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), required=False, error_messages={"invalid_choice": FROM_THE_LIST},
        help_text=gettext_lazy("Only if it was not in a group."),
    )  # fmt: skip
    happened_at = MomentField(label=gettext_lazy("When was it?"), help_text=gettext_lazy("About when is enough."))
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Whom does it touch?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Everybody who may need support. It says nothing about who did what."),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    references = LineField(
        label=gettext_lazy("People of your regions, by reference"), required=False, max_length=200,
        help_text=gettext_lazy("With spaces between them, for example K7QD-3MXA H4RT-9PLC."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What is needed now?"), choices=NeedNow.choices, required=False,
        widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    note = WordsField(label=gettext_lazy("A short note"), max_length=NOTE, required=False, help_text=NO_STORY)
    sent_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, session: str = "", **kwargs: Any) -> None:
        self.reader, self.occasions = reader, incident_links.occasions(reader)
        now = timezone.now()
        first = next((key for key, one in self._keyed() if session and str(one.session) == session), "")
        kwargs["initial"] = {"happened_at": now, "sent_key": uuid4(), "occasion": first} | kwargs.get("initial", {})
        super().__init__(*args, zone=reader.time_zone, **kwargs)
        kept: Any = self.fields
        self.kinds = {one.pk: one for one in IncidentKind.objects.filter(active=True)}
        kept["kind"].choices = [(code, one.name) for code, one in self.kinds.items()]
        places = [(key, one.label) for key, one in self._keyed()]
        kept["occasion"].choices = [("", _("Choose")), *places, (NOWHERE, _("Not in a group"))]
        kept["people"].choices = list(self._people())
        self._offer_region()
        if not coordinated_regions(reader):
            del self.fields["references"]

    def _keyed(self) -> Iterable[tuple[str, incident_links.Occasion]]:
        return [(f"{one.group}:{one.session or ''}", one) for one in self.occasions]

    def _people(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        """By group, then the team."""
        groups: dict[str, list[tuple[str, str]]] = {}
        known = incident_links.people(self.reader)
        for one in known:
            groups.setdefault(one.where, []).append((str(one.user), one.name))
        yield from groups.items()
        beside = {one.user for one in known}
        team = [(str(one.pk), one.name or one.username) for one in colleagues(self.reader) if one.pk not in beside]
        if team:
            yield _("The team"), sorted(team, key=lambda item: item[1].casefold())

    def _offer_region(self) -> None:
        """Where nothing else says it."""
        if Supporter.objects.filter(pk=self.reader.pk).exists():
            del self.fields["region"]
            return
        own, field = coordinated_regions(self.reader), self.fields["region"]
        rows = [one for one in ProgramRegion.objects.all() if not own or one.pk in own]
        field.choices = [("", _("Choose")), *((one.pk, str(one)) for one in rows)]  # type: ignore[attr-defined]

    def clean_references(self) -> list[UUID]:
        words = str(self.cleaned_data["references"]).replace(",", " ").split()
        wanted = {reference_of(word) for word in words}
        rows = Participant.objects.in_regions_of(self.reader).filter(reference__in=wanted)
        found = dict(rows.values_list("reference", "user"))
        if missing := sorted(wanted - set(found)):
            message = _("Nobody in your regions has the reference %(references)s.") % {"references": ", ".join(missing)}
            raise forms.ValidationError(message)
        return list(found.values())

    def said(self) -> dict[str, Any]:
        """What `report_incident` wants, of a valid form."""
        data = self.cleaned_data
        where = dict(self._keyed()).get(data["occasion"])
        people = [UUID(key) for key in data["people"]] + list(data.get("references", []))
        return {
            "kind": self.kinds[data["kind"]], "near_miss": data["near_miss"], "happened_at": data["happened_at"],
            "group": where.group if where else None, "session": where.session if where else None,
            "region": "" if where else data.get("region", ""),
            "people": [one for one in people if one != self.reader.pk],
            "needs": data["needs"], "note": data["note"], "sent_key": data["sent_key"],
        }  # fmt: skip


def _named(people: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name or one.username) for one in people]


class OwnStepForm(forms.Form):
    """A step that no list proposes."""

    words = LineField(
        label=gettext_lazy("What is to be done, in a few words"), max_length=WORDS,
        help_text=gettext_lazy("No names, and nothing about what happened."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write in a few words what is to be done.")},
    )  # fmt: skip
    owner = forms.ChoiceField(label=gettext_lazy("Who does it"), error_messages={"invalid_choice": FROM_THE_LIST})
    due_on = DayField(
        label=gettext_lazy("Until when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("Choose a day.")},
    )  # fmt: skip

    def __init__(self, *args: Any, owners: Iterable[User], reader: User, **kwargs: Any) -> None:
        self.owners = {str(one.pk): one for one in owners}
        kwargs.setdefault("initial", {"owner": str(reader.pk), "due_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = _named(self.owners.values())  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"words": data["words"], "due_on": data["due_on"], "owner": self.owners[data["owner"]]}


class BringForm(forms.Form):
    user = forms.ChoiceField(label=gettext_lazy("Who"), error_messages={"invalid_choice": FROM_THE_LIST})

    def __init__(self, *args: Any, team: Iterable[User], **kwargs: Any) -> None:
        self.team = {str(one.pk): one for one in team}
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", _("Choose")), *_named(self.team.values())]  # type: ignore[attr-defined]

    def wanted(self) -> User:
        return self.team[self.cleaned_data["user"]]


class TouchedForm(forms.Form):
    """Somebody else whom it touches, by reference."""

    reference = LineField(
        label=gettext_lazy("Reference"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        self.reader = reader
        super().__init__(*args, **kwargs)

    def clean_reference(self) -> User:
        reference = reference_of(self.cleaned_data["reference"])
        rows = Participant.objects.in_regions_of(self.reader).filter(reference=reference)
        found = rows.select_related("user").first()
        if found is None:
            raise forms.ValidationError(_("Nobody in your regions has this reference."))
        user: User = found.user
        return user


class TwoForm(forms.Form):
    """Which two must not meet, among those whom it touches."""

    one = forms.ChoiceField(label=gettext_lazy("This person"), error_messages={"invalid_choice": FROM_THE_LIST})
    other = forms.ChoiceField(
        label=gettext_lazy("and this person"), error_messages={"invalid_choice": FROM_THE_LIST}
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[User, str]], **kwargs: Any) -> None:
        self.people = {str(user.pk): user for user, _label in people}
        choices = [(str(user.pk), label) for user, label in people]
        # Those who were named, and not whoever told of it, stand there first.
        named = [key for key, _label in choices][-2:]
        if len(named) > 1:
            kwargs.setdefault("initial", {"one": named[0], "other": named[1]})
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            self.fields[name].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, User]:
        return {name: self.people[self.cleaned_data[name]] for name in ("one", "other")}


class CloseForm(forms.Form):
    """What the yearly review will say: no person stands in it."""

    changes = forms.MultipleChoiceField(
        label=gettext_lazy("What do we change?"), choices=Change.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Say what changes, or that nothing has to."), "invalid_choice": FROM_THE_LIST,
        },
    )  # fmt: skip
    words = WordsField(
        label=gettext_lazy("What we learned, in a few words"), max_length=LESSON, required=False,
        help_text=gettext_lazy(
            "It stays in the yearly review, longer than the report. No names, no group, and nothing by which somebody"
            " could be recognized."
        ),
    )  # fmt: skip


def owners_first(incident: Incident, owners: Iterable[User], reader: User) -> list[User]:
    """Oneself first, then by name."""
    return sorted(owners, key=lambda one: (one.pk != reader.pk, (one.name or one.username).casefold()))
