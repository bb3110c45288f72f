"""The criteria in versions: drafted, shown, weighed and published here; published ones only read ([PIA] rule 6)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import admin_lists, eligibility_pages
from intake.forms_eligibility import EligibilityForm, PublishForm, changes_between
from intake.models import EligibilityVersion
from intake.sending import version_in_force
from intake.services_eligibility import draft_version, fingerprint, publish_draft, save_draft
from psp.admin_base import VersionAdmin
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, add_to_form, require

__all__ = ["EligibilityVersionAdmin", "admin_lists"]
Extra = dict[str, Any] | None


@admin.register(EligibilityVersion)
class EligibilityVersionAdmin(VersionAdmin):
    """Own pages instead of the fields of the table: nobody edits stored text by hand."""

    list_display = ("number", "standing", "valid_from", "published_at")
    actions = None

    def get_urls(self) -> list[URLPattern]:
        pages = {"preview": self.preview_view, "effect": self.effect_view, "publish": self.publish_view}
        own = [
            path(f"<int:number>/{name}/", self.admin_site.admin_view(view), name=f"intake_eligibilityversion_{name}")
            for name, view in pages.items()
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("state"))
    def standing(self, version: EligibilityVersion) -> str:
        return eligibility_pages.standing_of(version)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Extra = None) -> HttpResponse:
        """A draft begins as a copy of the version in force, and only when the button is pressed."""
        require(self.has_add_permission(request), "edit_eligibility")
        if request.method == "POST":
            return self._to("change", draft_version(by=account(request)))
        return self._page(request, "start", None, source=version_in_force())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Extra = None
    ) -> HttpResponse:
        version = self._version(request, object_id)
        closed = version.published_at is not None
        if request.method == "GET":
            return self._edit_page(request, version, EligibilityForm(version=version, closed=closed))
        require(not closed, "published_version")
        form = EligibilityForm(request.POST, version=version)
        if not (form.is_valid() and self._saved(request, version, form)):
            return self._edit_page(request, version, form)
        messages.success(request, _("The draft is saved. Nobody is asked by it before you publish it."))
        return self._to("preview" if "preview" in request.POST else "change", version)

    def _saved(self, request: HttpRequest, version: EligibilityVersion, form: EligibilityForm) -> bool:
        said = form.cleaned_data
        try:
            save_draft(
                version=version, content=form.new_content(), valid_from=said["valid_from"], by=account(request),
                seen=said["seen"],
            )  # fmt: skip
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    def preview_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The criteria as somebody who applies would see them, in both languages. Sends nothing."""
        version = self._version(request, number)
        return self._page(request, "preview", version, sides=eligibility_pages.previews(version))

    def effect_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """What these rules would have meant for the last year. Figures about everybody, about nobody in particular."""
        version = self._version(request, number)
        audit.record(Action.READ, version, purpose=Purpose.ADMINISTRATION, fields=("effect",))
        return self._page(request, "effect", version, **eligibility_pages.effect_words(version))

    def publish_view(self, request: HttpRequest, number: int) -> HttpResponse:
        version = self._version(request, number)
        if version.published_at is not None:
            return self._to("change", version)
        first = {"valid_from": max(version.valid_from, timezone.localdate()), "seen": fingerprint(version)}
        form = PublishForm(request.POST or None, initial=first)
        if request.method == "POST" and form.is_valid() and self._published(request, version, form):
            messages.success(request, _("Published. Decisions made before keep the version that made them."))
            return redirect("admin:intake_eligibilityversion_changelist")
        before = version_in_force()
        changes = changes_between(before.content, version.content)
        return self._page(request, "publish", version, form=form, changes=changes, before=before)

    def _published(self, request: HttpRequest, version: EligibilityVersion, form: PublishForm) -> bool:
        try:
            publish_draft(version=version, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    # --- What every page begins and ends with ---

    def _version(self, request: HttpRequest, key: object) -> EligibilityVersion:
        require(self.has_view_permission(request), "edit_eligibility")
        return eligibility_pages.version_or_404(key)

    def _to(self, page: str, version: EligibilityVersion) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:intake_eligibilityversion_{page}", args=[version.pk]))

    def _edit_page(self, request: HttpRequest, version: EligibilityVersion, form: EligibilityForm) -> HttpResponse:
        return self._page(request, "edit", version, form=form)

    def _page(
        self, request: HttpRequest, name: str, version: EligibilityVersion | None, **context: Any
    ) -> TemplateResponse:
        words = {
            **self.admin_site.each_context(request), "opts": self.opts, "version": version,
            "title": eligibility_pages.title_of(name, version),
            "standing": eligibility_pages.standing_of(version) if version else "",
        }  # fmt: skip
        return TemplateResponse(request, f"admin/intake/eligibilityversion/{name}.html", words | context)
