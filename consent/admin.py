"""Consent texts in versions: drafted, weighed and published here; published ones are only read. And the switches."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import texts_pages
from consent.choices import ConsentPurpose
from consent.forms_texts import PublishForm, TextForm, moved
from consent.models import ConsentVersion, PurposeSwitch
from consent.services_texts import draft_text, fingerprint, publish_text, save_text
from psp.admin_base import ProgramAdmin, VersionAdmin
from psp.areas import account
from psp.errors import DomainError, add_to_form, require

Extra = dict[str, Any] | None


@admin.register(PurposeSwitch)
class PurposeSwitchAdmin(ProgramAdmin):
    """A purpose that is off is asked nowhere, can be signed nowhere, and nothing relies on what was signed before."""

    list_display = ("purpose", "offered")
    fields = ("purpose", "offered")
    readonly_fields = ("purpose",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody takes part without that consent: it has no switch."""
        if obj is not None and obj.purpose == ConsentPurpose.TAKING_PART:
            return False
        return super().has_change_permission(request, obj)


@admin.register(ConsentVersion)
class ConsentVersionAdmin(VersionAdmin):
    """Own pages instead of the fields of the table: nobody edits stored text by hand."""

    list_display = ("purpose", "number", "standing", "valid_from", "published_at")
    list_filter = ("purpose",)
    actions = None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.publish_view)
        return [path("<int:number>/publish/", view, name="consent_consentversion_publish"), *super().get_urls()]

    @admin.display(description=gettext_lazy("state"))
    def standing(self, version: ConsentVersion) -> str:
        return texts_pages.standing_of(version)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Extra = None) -> HttpResponse:
        """A draft begins as a copy of the newest version of its purpose, and only when the button is pressed."""
        require(self.has_add_permission(request), "edit_consent_texts")
        if request.method != "POST":
            return self._page(request, "start", None, purposes=ConsentPurpose.choices)
        purpose = request.POST.get("purpose")
        if purpose not in ConsentPurpose.values:
            raise Http404
        return self._to("change", draft_text(purpose=purpose, by=account(request)))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Extra = None
    ) -> HttpResponse:
        version = self._version(request, object_id)
        closed = version.published_at is not None
        if request.method == "GET":
            return self._edit_page(request, version, TextForm(version=version, closed=closed))
        require(not closed, "published_version")
        form = TextForm(request.POST, version=version)
        if "check" in request.POST or not (form.is_valid() and self._saved(request, version, form)):
            return self._edit_page(request, version, form)
        messages.success(request, _("The draft is saved. Nobody is shown it before you publish it."))
        return self._to("publish" if "publish" in request.POST else "change", version)

    def _saved(self, request: HttpRequest, version: ConsentVersion, form: TextForm) -> bool:
        content = moved(form.content(), request.POST.get("move", ""))
        said = form.cleaned_data
        try:
            save_text(
                version=version, content=content, valid_from=said["valid_from"], by=account(request), seen=said["seen"]
            )
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    def publish_view(self, request: HttpRequest, number: int) -> HttpResponse:
        version = self._version(request, number)
        if version.published_at is not None:
            return self._to("change", version)
        first = {"valid_from": max(version.valid_from, timezone.localdate()), "seen": fingerprint(version)}
        form = PublishForm(request.POST or None, initial=first)
        if request.method == "POST" and form.is_valid() and self._published(request, version, form):
            messages.success(request, _("Published. It does not change any more."))
            return redirect("admin:consent_consentversion_changelist")
        return self._page(
            request, "publish", version, form=form, changes=texts_pages.differences(version),
            before=texts_pages.before(version), people=texts_pages.people_words(version),
            until=texts_pages.grace_words(version),
        )  # fmt: skip

    def _published(self, request: HttpRequest, version: ConsentVersion, form: PublishForm) -> bool:
        try:
            publish_text(version=version, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
            return False
        return True

    # --- What every page begins and ends with ---

    def _version(self, request: HttpRequest, key: object) -> ConsentVersion:
        require(self.has_view_permission(request), "edit_consent_texts")
        return texts_pages.version_or_404(key)

    def _to(self, page: str, version: ConsentVersion) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:consent_consentversion_{page}", args=[version.pk]))

    def _edit_page(self, request: HttpRequest, version: ConsentVersion, form: TextForm) -> HttpResponse:
        closed = version.published_at is not None
        extra = {"before": texts_pages.before(version), "changes": texts_pages.differences(version)} if closed else {}
        return self._page(request, "edit", version, form=form, **extra)

    def _page(
        self, request: HttpRequest, name: str, version: ConsentVersion | None, **context: Any
    ) -> TemplateResponse:
        words = {
            **self.admin_site.each_context(request), "opts": self.opts, "version": version,
            "title": texts_pages.title_of(name, version),
            "standing": texts_pages.standing_of(version) if version else "",
        }  # fmt: skip
        return TemplateResponse(request, f"admin/consent/consentversion/{name}.html", words | context)
