"""What the administrators' pages about the criteria show. Reads only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from intake.effect import Figure, effect_of, figures_of, last_year
from intake.forms_asking import EligibilityForm
from intake.forms_eligibility import TITLES
from intake.layout import criteria_alone
from intake.models import EligibilityVersion
from intake.rules import CriterionCode
from intake.sending import version_in_force
from intake.texts import Texts
from psp.choices import Language


def version_or_404(key: object) -> EligibilityVersion:
    text = str(key)
    found: EligibilityVersion | None = None
    if text.isdecimal():
        found = EligibilityVersion.objects.filter(pk=int(text)).first()
    if found is None:
        raise Http404
    return found


def title_of(page: str, version: EligibilityVersion | None) -> str:
    number = version.number if version else ""
    return {
        "start": _("New draft"),
        "edit": _("Criteria, version %(number)s"),
        "preview": _("Preview of version %(number)s"),
        "effect": _("What version %(number)s would have meant"),
        "publish": _("Publish version %(number)s"),
    }[page] % {"number": number}


def standing_of(version: EligibilityVersion) -> str:
    if version.published_at is None:
        return _("Draft")
    if version.valid_from > timezone.localdate():
        return _("Published, begins later")
    return _("In force") if version.pk == version_in_force().pk else _("Earlier version")


def previews(version: EligibilityVersion) -> list[dict[str, Any]]:
    """Both languages: the questions as the public form draws them, and the sentences of a refusal."""
    return [_preview(version, code, str(label)) for code, label in Language.choices]


def _preview(version: EligibilityVersion, language: str, label: str) -> dict[str, Any]:
    with override(language):
        texts = Texts(names="", version=version, consents={}, notice=0)
        form = EligibilityForm(texts=texts, prefix=language)
        return {
            "code": language, "label": label, "questions": criteria_alone(form), "words": form.not_eligible_words,
            "reasons": [text for code, text in form.reason_texts.items() if not code.startswith("unanswered_")],
        }  # fmt: skip


def effect_words(version: EligibilityVersion) -> dict[str, Any]:
    """The figures of the page, in words."""
    threshold = settings.PSP_SUPPRESSION_THRESHOLD
    figures = figures_of(effect_of(version.rules, last_year()), threshold)
    said = {key: figure_words(figure, threshold) for key, figure in figures.items()}
    rows = [
        {"title": TITLES[code], **{name: said[name, code] for name in ("opened", "closed", "unasked")}}
        for code in CriterionCode
    ]
    totals = ("looked_at", "would_be_eligible", "would_not_be_eligible")
    return {"rows": rows, "threshold": threshold, **{name: said[name] for name in totals}}


def figure_words(figure: Figure, threshold: int) -> str:
    if figure.count is None:
        return _("fewer than %(count)s") % {"count": threshold}
    if figure.rounded:
        return _("%(count)s or more") % {"count": figure.count}
    return str(figure.count)
