"""Components that are put together in Python escape whatever they show."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.safestring import mark_safe

from psp.dashboard import Link
from psp.templatetags.components import data_rows, icon, places_list, plain_field

NASTY = "<img src=x onerror='a()'>\"&"
ESCAPED = "&lt;img src=x onerror=&#x27;a()&#x27;&gt;&quot;&amp;"


@pytest.mark.parametrize("part", ["text", "label", "url", "tag_kind", "datetime"])
def test_cell_escapes_every_part(part: str) -> None:
    plain = {"text": "Ana", "label": "Name"}
    for cells in ([plain | {part: NASTY}, plain], [plain, plain | {part: NASTY}]):
        assert "<img" not in data_rows([{"cells": cells}])
    assert ESCAPED in data_rows([{"cells": [plain | {"text": NASTY}]}])


def test_first_cell_names_its_row_and_its_link_opens_with_enter() -> None:
    drawn = data_rows(
        [{"cells": [{"text": "Ana", "label": "Name", "url": "/x/"}, {"text": 3, "label": "n", "numeric": 1}]}]
    )
    assert '<th scope="row" data-label="Name"><span><a href="/x/" data-row-link>Ana</a></span></th>' in drawn
    assert '<td class="num" data-label="n"><span>3</span></td>' in drawn


def test_markup_that_is_safe_already_stays_as_it_is() -> None:
    assert "<b>Ana</b>" in data_rows([{"cells": [{"text": mark_safe("<b>Ana</b>"), "label": ""}]}])


def test_place_escapes_label_address_and_key() -> None:
    drawn = places_list([Link(url=NASTY, label=NASTY, icon="home", key=NASTY, current=True, area="desk")])
    assert drawn.count(ESCAPED) == 3
    assert 'aria-current="page"' in drawn


def test_icon_says_nothing_to_a_screen_reader() -> None:
    assert 'aria-hidden="true"' in icon("home")
    assert 'class="icon icon-s"' in icon("home", "s")


class Narrow(forms.Form):
    kind = forms.ChoiceField(label=NASTY, required=False, choices=[("a", NASTY), ("b", "Bee")])
    text = forms.CharField(label="Find", help_text="Exactly.", max_length=9, widget=forms.TextInput({"data-x": NASTY}))


def test_plain_field_keeps_what_was_chosen_and_typed() -> None:
    form = Narrow(initial={"kind": "b", "text": NASTY})
    choice, line = plain_field(form["kind"]), plain_field(form["text"])
    assert '<option value="b" selected>Bee</option>' in choice
    assert choice.count(ESCAPED) == 2
    assert line.count(ESCAPED) == 2
    assert 'aria-describedby="id_text_helptext"' in line
    assert "required" in line
    assert 'maxlength="9"' in line


def test_plain_field_shows_what_is_wrong() -> None:
    form = Narrow({"text": ""})
    form.is_valid()
    assert "This field is required" in plain_field(form["text"])
