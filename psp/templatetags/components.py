"""Components that stand many times on one page. An include for each would cost more than all else on a long list.

Every value is escaped here; `SafeString`s (translations with markup, other components) pass as they are.
"""

from __future__ import annotations

import html
from collections.abc import Hashable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, cast

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.conf import settings
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from psp.bilingual import reader_language
from psp.crypto.normalise import normal_phone
from psp.dashboard import Link

register = template.Library()
Cell = Mapping[str, Any]
SELECTED = SafeString(" selected")


@cache
def icon(name: str, size: str = "") -> SafeString:
    """One drawing of static/icons.svg, as components/icon.html: decorative, the word beside it says the same."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "", static("icons.svg"), name,
    )  # fmt: skip


register.simple_tag(icon, name="icon")


@register.filter
def tel(number: str) -> str:
    """The address that calls a number, however it is written."""
    return f"tel:{normal_phone(number)}"


@register.simple_tag
def drawn(name: str, **values: Hashable) -> SafeString:
    """A template that shows nothing but `values` in the present language: drawn once, then kept in this process.

    It gets no request and no context, so nothing about anybody can come into it: for the frame of a page, never for
    what is on it.
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(name, reader_language(), tuple(values.items()))


@lru_cache(maxsize=256)
def _drawn(name: str, _language: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(name, dict(values))


@register.simple_tag
def data_head(columns: Iterable[Mapping[str, Any]]) -> SafeString:
    """The heads of components/data_table.html."""
    return _safe(f"<tr>{''.join([_head(column) for column in columns])}</tr>")


def _head(column: Mapping[str, Any]) -> str:
    kind = "num" if column.get("numeric") else "pick" if column.get("pick") else ""
    style = f' class="{kind}"' if kind else ""
    order = f' aria-sort="{_escaped(column["sorted"])}"' if column.get("sorted") else ""
    return f'<th scope="col"{style}{order}>{_head_words(column)}</th>'


def _head_words(column: Mapping[str, Any]) -> str:
    label = _escaped(column["label"])
    if url := column.get("sort_url"):
        arrow = {"ascending": "↑", "descending": "↓"}.get(column.get("sorted", ""), "")
        mark = f'<span aria-hidden="true">{arrow}</span>' if arrow else ""
        hidden = f'<span class="visually-hidden"> ({_escaped(gettext("sort"))})</span>'
        return f'<a href="{_escaped(url)}">{label}{hidden}</a>{mark}'
    return f'<span class="visually-hidden">{label}</span>' if column.get("pick") else label


@register.simple_tag
def data_rows(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The rows of components/data_table.html; the first cell of each names its row."""
    lines, labels = [], _Labels()
    for row in rows:
        first, *others = row["cells"]
        before = _tick(row["pick"]) if "pick" in row else ""
        cells = "".join([_cell(cell, labels) for cell in others])
        lines.append(f"<tr>{before}{_cell(first, labels, header=True)}{cells}</tr>")
    return _safe("\n".join(lines))


class _Labels(dict[Any, str]):
    """A column's label as the attribute of its cells, worked out once for all rows."""

    def __missing__(self, label: Any) -> str:
        self[label] = found = f' data-label="{_escaped(label)}"'
        return found


def _tick(pick: Mapping[str, Any]) -> str:
    """A box before the row, to choose it for an action on several."""
    name, value, label = (_escaped(pick[part]) for part in ("name", "value", "label"))
    return (
        f'<td class="pick"><input class="form-check-input" type="checkbox" name="{name}" value="{value}"'
        f' aria-label="{label}" /></td>'
    )


def _cell(cell: Cell, labels: _Labels, *, header: bool = False) -> str:
    text = _escaped(cell["text"])
    label = labels[cell["label"]] if text or header else ""
    classes = "num" if cell.get("numeric") else "nowrap" if cell.get("nowrap") else ""
    style = f' class="{classes}"' if classes else ""
    tag, scope = ("th", ' scope="row"') if header else ("td", "")
    return f"<{tag}{scope}{style}{label}><span>{_content(cell, text, header)}</span></{tag}>"


def _content(cell: Cell, text: str, header: bool) -> str:
    if url := cell.get("url"):
        return f'<a href="{_escaped(url)}"{" data-row-link" if header else ""}>{text}</a>'
    if kind := cell.get("tag_kind"):  # as components/status_tag.html
        return f'<span class="tag tag-{_escaped(kind)}">{text}</span>'
    if moment := cell.get("datetime"):
        return f'<time datetime="{_escaped(moment)}">{text}</time>'
    return text


@register.simple_tag
def heat_rows(rows: Iterable[Any], name: str, locked: Any = False) -> SafeString:
    """The rows of components/heat_map.html: `hour` and `cells`, each with `minute`, `people`, `shade`, `chosen`,
    `words`."""
    draw = _heat_shown if locked else _heat_box
    lines = []
    for row in rows:
        cells = "".join([f"<td>{draw(cell, name)}</td>" for cell in row.cells])
        lines.append(f'<tr><th scope="row">{_escaped(row.hour)}</th>{cells}</tr>')
    return _safe("\n".join(lines))


def _heat_box(cell: Any, name: str) -> str:
    checked = " checked" if cell.chosen else ""
    return (
        f'<label class="heat-cell heat-{cell.shade}"><input type="checkbox" name="{_escaped(name)}"'
        f' value="{cell.minute}" aria-label="{_escaped(cell.words)}"{checked} />'
        f'<span aria-hidden="true">{cell.people}</span></label>'
    )


def _heat_shown(cell: Any, _name: str) -> str:
    return f'<span class="heat-cell heat-{cell.shade}">{cell.people}</span>'


@register.simple_tag
def person_line(
    name: Any, reference: Any, url: str = "", due: Any = "", tag_kind: str = "", tag_label: Any = ""
) -> SafeString:
    """One person in a list, as components/person_line.html says it."""
    words = _escaped(name)
    who = f'<a href="{_escaped(url)}" data-row-link>{words}</a>' if url else f"<strong>{words}</strong>"
    tag = f'<span class="tag tag-{_escaped(tag_kind)}">{_escaped(tag_label)}</span>' if tag_label else ""
    side = f'<span class="line-side">{_escaped(due)}</span>' if due else ""
    named = f'<span class="line-main">{who} <span class="line-side">{_escaped(reference)}</span></span>'
    return _safe(f'<div class="line-item">{named}{tag}{side}</div>')


@register.simple_tag
def person_items(people: Iterable[Any]) -> SafeString:
    """An `li` for each of `people`: `name`, `reference`, `url`, `note`, and `step` where an action leads on."""
    return _safe("".join([f"<li>{_person(person)}</li>" for person in people]))


def _person(person: Any) -> str:
    name, reference, step = person.name, person.reference, person.step
    line = person_line(name, reference, person.url, person.note)
    if not step:
        return line
    hidden = f'<span class="visually-hidden">: {_escaped(name)}, {_escaped(reference)}</span>'
    return f'{line} <a class="small" href="{_escaped(step["url"])}">{_escaped(step["label"])}{hidden}</a>'


@register.simple_tag
def places_list(places: Iterable[Link]) -> SafeString:
    """The places of one area, as links, from psp.dashboard."""
    return _safe(f'<ul class="places-list">{"".join(_place(place) for place in places)}</ul>')


def _place(place: Link) -> str:
    current = ' aria-current="page"' if place.current else ""
    key = f' data-key="{_escaped(place.key)}"' if place.key else ""
    words = f"{icon(place.icon)} {_escaped(place.label)}"
    return f'<li><a class="places-link" href="{_escaped(place.url)}"{current}{key}>{words}</a></li>'


def _escaped(text: Any) -> str:
    """Django's `conditional_escape` without its detours for lazy texts, which count in the hundreds on a page."""
    return text if isinstance(text, SafeString) else html.escape(str(text))


def _safe(text: str) -> SafeString:
    """Whoever calls this has escaped every part."""
    return SafeString(text)  # nosec B308 B703


@register.simple_tag
def plain_field(field: BoundField) -> SafeString:
    """A choice or a line of text as crispy draws it; crispy itself where there is an error to show."""
    if field.errors:
        return cast("SafeString", as_crispy_field(field))
    hint = field.help_text and format_html(
        '<p class="question-hint" id="{}_helptext">{}</p>', field.auto_id, field.help_text
    )
    return format_html(
        '<div id="div_{id}" class="question" data-question="{name}"><label for="{id}" class="question-label">{label}'
        "</label>{hint}{control}</div>",
        id=field.auto_id, name=field.html_name, label=field.label, hint=hint,
        control=_choice(field) if hasattr(field.field, "choices") else _line(field, described=bool(hint)),
    )  # fmt: skip


@register.simple_tag
def tick_field(field: BoundField) -> SafeString:
    """Several answers to tick, as crispy draws them; crispy itself where there is an error to show."""
    if field.errors:
        return cast("SafeString", as_crispy_field(field))
    ticked = {str(code) for code in field.value() or ()}
    boxes = format_html_join(
        "",
        '<div class="form-check">'
        '<input type="checkbox" class="form-check-input" name="{0}" value="{2}" id="{1}_{4}"{5} />'
        '<label class="form-check-label" for="{1}_{4}">{3}</label></div>',
        (
            (field.html_name, field.auto_id, code, label, at, SafeString(" checked") if str(code) in ticked else "")
            for at, (code, label) in enumerate(field.field.choices)  # type: ignore[attr-defined]
        ),
    )
    hint = field.help_text and format_html('<p class="question-hint">{}</p>', field.help_text)
    return format_html(
        '<fieldset id="div_{}" class="question"><legend class="question-label">{}</legend>{}{}</fieldset>',
        field.auto_id, field.label, hint, boxes,
    )  # fmt: skip


def _choice(field: BoundField) -> SafeString:
    value = str(field.value() or "")
    options = format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((code, SELECTED if str(code) == value else "", label) for code, label in field.field.choices),  # type: ignore[attr-defined]
    )  # fmt: skip
    return format_html(
        '<select name="{}" id="{}" class="form-select">{}</select>', field.html_name, field.auto_id, options
    )


def _line(field: BoundField, *, described: bool) -> SafeString:
    widget: Any = field.field.widget
    attributes = {
        "type": widget.input_type, "name": field.html_name, "id": field.auto_id, "class": "form-control",
        "value": field.value(), "required": field.field.required,
        "aria-describedby": f"{field.auto_id}_helptext" if described else None, **widget.attrs,
    }  # fmt: skip
    return format_html("<input{}>", flatatt({name: text for name, text in attributes.items() if text is not None}))
