"""Every address of the site. Pages carry their language; sign-in, admin and health do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from psp import pages, views

# Areas filled by several apps: their names share one namespace.
desk_patterns = [
    path("", include("intake.urls_desk")),
    path("", include("supporters.urls_desk")),
    path("", include("groups.urls")),
    path("", include("sessions.urls_desk")),
    path("", include("contact.urls_desk")),
    path("", include("privacy.urls_desk")),
    path("", include("reporting.urls_desk")),
]

lead_patterns = [path("", include("sessions.urls_lead")), path("", include("supporters.urls_lead"))]
care_patterns = [path("", include("supporters.urls_care")), path("", include("sessions.urls_care"))]

urlpatterns = [
    path("", views.root, name="root"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("leave/", views.quick_exit, name="quick_exit"),
    path("accounts/", include("psp.accounts.urls")),
    path("admin/", admin.site.urls),
    path("cal/", include("sessions.urls_calendar")),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("language/", views.switch_language, name="switch_language"),
        path("services/", views.offer, name="offer"),
        path("after-applying/", views.after, name="after"),
        path("privacy-notice/", views.privacy_notice, name="privacy_notice"),
        path("safe-use/", views.safe_use, name="safe_use"),
        path("me/", views.home_for_me, name="home_for_me"),
        path("intake/", include("intake.urls")),
        path("", include("privacy.urls_public")),
        path("", include("supporters.urls_public")),
        path("feedback/", include("sessions.urls_feedback")),
        path("my/", include("intake.urls_my")),
        path("my/", include("privacy.urls_my")),
        path("my/", include("consent.urls")),
        path("my/", include("contact.urls")),
        path("my/", include("groups.urls_my_invitations")),
        path("my/", include("sessions.urls_my")),
        path("my/", include("supporters.urls_my")),
        path("my/", include("reporting.urls_my")),
        path("desk/", include((desk_patterns, "desk"))),
        path("lead/", include("groups.urls_lead_invitations")),
        path("lead/", include((lead_patterns, "lead"))),
        path("care/", include((care_patterns, "care"))),
        path("reports/", include("reporting.urls")),
        path("privacy/", include("privacy.urls")),
        path("privacy/", include("supporters.urls_office")),
    ),
]

if settings.PSP_DEMO:
    urlpatterns.append(path("demo/", include("psp.demo.urls")))

handler400 = views.bad_request
handler404 = views.not_found
handler429 = pages.too_many
handler500 = views.server_error
