"""Questionnaires in versions: a draft is written as data and published; published ones are only read.

Boxes, batches and answers have no page here, on purpose.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.admin_base import AnyModelForm, VersionAdmin
from psp.audit.choices import Action
from psp.survey import MOST_QUESTIONS, Fault, FormFault, form_of
from sessions.models import Questionnaire


class QuestionnaireForm(AnyModelForm):
    class Meta:
        model = Questionnaire
        fields = ("use", "number", "questions")

    def clean_questions(self) -> list[dict[str, Any]]:
        try:
            form_of(self.cleaned_data["questions"])
        except FormFault as error:
            raise forms.ValidationError(sentence_of(error)) from error
        return list(self.cleaned_data["questions"])


def sentence_of(error: FormFault) -> str:
    """What to mend, and in which question."""
    words = {
        Fault.NO_LIST: _("Write a list of questions."),
        Fault.TOO_MANY: _("Ask at most %(count)d questions.") % {"count": MOST_QUESTIONS},
        Fault.KEYS: _("Each question has code, kind, text_en, text_fr, each option code, label_en, label_fr."),
        Fault.KIND: _("The kind is scale, choice or yes_no: nobody writes a text of their own."),
        Fault.CODE: _("A code has letters, digits and underscores; “open” means something else."),
        Fault.CODE_TWICE: _("The same code is there twice."),
        Fault.OPTIONS: _("A scale or choice has two to seven options, yes_no has none."),
        Fault.EMPTY: _("Every text is needed in both languages."),
    }
    place = _("Question %(place)d:") % {"place": error.place} if error.place else ""
    return f"{place} {words[error.fault]}".strip()


@admin.register(Questionnaire)
class QuestionnaireAdmin(VersionAdmin):
    form = QuestionnaireForm
    list_display = ("use", "number", "published_at")
    list_filter = ("use",)
    actions = ("publish", "copy")
    readonly_fields = ("published_at",)

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Questionnaire]) -> None:
        for draft in queryset.filter(published_at__isnull=True):
            draft.published_at = timezone.now()
            draft.save(update_fields=["published_at"])
            self.note(Action.CHANGE, draft, ("published_at",))
        messages.info(request, _("Published. Whoever has begun goes on with the questions that they began with."))

    @admin.action(description=gettext_lazy("Copy as a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[Questionnaire]) -> None:
        for one in queryset:
            newest = Questionnaire.objects.filter(use=one.use).order_by("-number")[0].number
            draft = Questionnaire.objects.create(use=one.use, number=newest + 1, questions=one.questions)
            self.note(Action.CREATE, draft)
