"""The order of the questions on the page. Steps are fieldsets: one long page without JavaScript."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from crispy_forms.utils import render_crispy_form
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from intake.forms import ApplicationForm
from intake.forms_asking import CALL_NAME, CRITERIA, REACH, EligibilityForm, WishesForm, statement_field
from intake.forms_wishes import SUITS


def _step(legend: str, *parts: Any, **attributes: str) -> Fieldset:
    return Fieldset(legend, *parts, data_step="", **attributes)


def _words(name: str) -> HTML:
    return HTML(f'{{% include "intake/parts/{name}.html" %}}')


def _consent(form: WishesForm, purpose: str) -> Div:
    """Title, summary and one tick box per statement."""
    lines = [statement_field(purpose, line["code"]) for line in form.consents[purpose].lines]
    words = HTML(f'{{% include "intake/parts/consent.html" with text=form.consents.{purpose} %}}')
    return Div(words, *lines, css_class="mb-5")


def _eligibility(form: EligibilityForm) -> Fieldset:
    """The criteria one at a time: each is a step of its own and is looked at when it is left."""
    url = reverse("intake:check")
    asked = [Div(code, data_step="", data_check_url=url) for code in CRITERIA if code in form.fields]
    return Fieldset(_("Is this program for you?"), _words("eligibility"), *asked, data_step_group="")


def _consents(form: WishesForm) -> Fieldset:
    texts = [_consent(form, purpose) for purpose in form.consents]
    return _step(_("What you agree to"), _words("agree"), *texts, "typed_name")


def first_application(form: ApplicationForm) -> Layout:
    return Layout(
        _step(_("Before you start"), _words("before"), "read_notice"),
        _eligibility(form),
        _step(_("What interests you"), _words("services"), "services"),
        _step(_("How and where"), "modalities", "region"),
        _step(_("What suits you"), *SUITS),
        _step(_("When you could come"), "time_zone", _words("zone"), "availability"),
        _step(_("How to reach you safely"), _words("reach"), *REACH),
        _step(_("What to call you"), *CALL_NAME),
        _consents(form),
    )


def another_application(form: WishesForm) -> Layout:
    """For somebody whose file is here: name, place and safe contact are known."""
    return Layout(
        _eligibility(form),
        _step(_("What interests you"), _words("services"), "services", "modalities"),
        _consents(form),
    )


def questions(form: WishesForm, **context: Any) -> SafeString:
    """The question groups as HTML, with what is wrong at the top; the form tag and hidden fields are the page's."""
    layout = first_application(form) if isinstance(form, ApplicationForm) else another_application(form)
    return _drawn(form, layout, **context)


def criteria_alone(form: EligibilityForm) -> SafeString:
    """The step with the criteria, for whoever edits them."""
    return _drawn(form, Layout(_eligibility(form)))


def _drawn(form: EligibilityForm, layout: Layout, **context: Any) -> SafeString:
    form.own_fields()
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = layout
    return SafeString(render_crispy_form(form, helper, {"form": form, **context}))  # nosec B703
