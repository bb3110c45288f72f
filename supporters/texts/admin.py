"""Agreements and the protocol in versions: drafted, weighed and published here; published ones are only read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.admin_base import VersionAdmin
from psp.areas import account
from psp.choices import Language
from psp.errors import DomainError, add_to_form, require
from supporters.choices import TextKind
from supporters.models import ProgramText
from supporters.texts import pages as texts_pages
from supporters.texts.forms_editor import ProgramTextForm, PublishForm, rearranged
from supporters.texts.reading import concerned, current
from supporters.texts.services import asks, draft, fingerprint, publish, save_draft, throw_away

Extra = dict[str, Any] | None


@admin.register(ProgramText)
class ProgramTextAdmin(VersionAdmin):
    """Own pages instead of the fields of the table: nobody edits stored text by hand."""

    list_display = ("kind", "number", "standing", "published_at")
    list_filter = ("kind",)
    actions = None

    def get_urls(self) -> list[URLPattern]:
        pages = {"publish": self.publish_view, "preview": self.preview_view}
        return [
            *(path(f"<int:key>/{name}/", self.admin_site.admin_view(view), name=f"supporters_programtext_{name}")
              for name, view in pages.items()),
            *super().get_urls(),
        ]  # fmt: skip

    @admin.display(description=gettext_lazy("state"))
    def standing(self, text: ProgramText) -> str:
        if text.published_at is None:
            return _("Draft")
        return _("In force") if text == current(text.kind) else _("Earlier version")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        throw_away(text=obj, by=account(request))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Extra = None) -> HttpResponse:
        """A draft begins as a copy of the newest version of its text, and only when the button is pressed."""
        require(self.has_add_permission(request), "edit_program_texts")
        if request.method != "POST":
            return self._page(request, "start", None, kinds=TextKind.choices)
        kind = request.POST.get("kind")
        if kind not in TextKind.values:
            raise Http404
        return self._to("change", draft(kind=kind, by=account(request)))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Extra = None
    ) -> HttpResponse:
        text = self._text(request, object_id)
        closed = text.published_at is not None
        if request.method == "GET":
            return self._edit_page(request, text, ProgramTextForm(text=text, closed=closed))
        require(not closed, "published_version")
        form = ProgramTextForm(request.POST, text=text)
        if "check" in request.POST or not (form.is_valid() and self._saved(request, text, form)):
            return self._edit_page(request, text, form)
        messages.success(request, _("The draft is saved. Nobody is shown it before you publish it."))
        return self._to("publish" if "publish" in request.POST else "change", text)

    def _saved(self, request: HttpRequest, text: ProgramText, form: ProgramTextForm) -> bool:
        content = rearranged(form.content(), request.POST.get("move", ""))
        try:
            save_draft(text=text, content=content, by=account(request), seen=form.cleaned_data["seen"])
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    def preview_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """As those who are asked read it, both languages side by side."""
        text = self._text(request, key)
        sides = [
            {"code": one.value, "label": one.label, "title": getattr(text, f"title_{one.value}"),
             "sections": text.read_in(one.value)}
            for one in Language
        ]  # fmt: skip
        return self._page(request, "preview", text, sides=sides)

    def publish_view(self, request: HttpRequest, key: int) -> HttpResponse:
        text = self._text(request, key)
        if text.published_at is not None:
            return self._to("change", text)
        form = PublishForm(request.POST or None, initial={"seen": fingerprint(text)})
        if request.method == "POST" and form.is_valid() and self._published(request, text, form):
            messages.success(request, _("Published. It does not change any more."))
            return redirect("admin:supporters_programtext_changelist")
        asked = concerned(text.kind).count() if asks(text.kind) else None
        return self._page(request, "publish", text, form=form, asked=asked, **self._differences(text))

    def _published(self, request: HttpRequest, text: ProgramText, form: PublishForm) -> bool:
        try:
            publish(text=text, by=account(request), seen=form.cleaned_data["seen"])
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    # --- What every page begins and ends with ---

    def _differences(self, text: ProgramText) -> dict[str, Any]:
        earlier = ProgramText.objects.published().filter(kind=text.kind, number__lt=text.number)
        before = earlier.order_by("-number").first()
        if before is None:
            return {"before": None}
        sides = [
            {"code": one.value, "label": one.label,
             "changes": texts_pages.between(before, text, one.value)}
            for one in Language
        ]  # fmt: skip
        return {"before": before, "sides": sides, "same": not any(side["changes"] for side in sides)}

    def _text(self, request: HttpRequest, key: object) -> ProgramText:
        require(self.has_view_permission(request), "edit_program_texts")
        words = str(key)
        if not words.isdecimal() or len(words) > 9:
            raise Http404
        found: ProgramText | None = ProgramText.objects.filter(pk=int(words)).first()
        if found is None:
            raise Http404
        return found

    def _to(self, page: str, text: ProgramText) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:supporters_programtext_{page}", args=[text.pk]))

    def _edit_page(self, request: HttpRequest, text: ProgramText, form: ProgramTextForm) -> HttpResponse:
        extra = self._differences(text) if text.published_at is not None else {}
        return self._page(request, "edit", text, form=form, **extra)

    def _page(self, request: HttpRequest, name: str, text: ProgramText | None, **context: Any) -> TemplateResponse:
        words = {
            **self.admin_site.each_context(request), "opts": self.opts, "text": text,
            "title": _title(name, text), "standing": self.standing(text) if text else "",
        }  # fmt: skip
        return TemplateResponse(request, f"admin/supporters/programtext/{name}.html", words | context)


def _title(page: str, text: ProgramText | None) -> str:
    if text is None:
        return _("New draft")
    words = {
        "edit": _("%(text)s, version %(number)s"), "preview": _("Preview: %(text)s, version %(number)s"),
        "publish": _("Publish: %(text)s, version %(number)s"),
    }[page]  # fmt: skip
    return words % {"text": text.get_kind_display(), "number": text.number}
