"""Addresses of the privacy officer that this app fills: {lang}/privacy/incidents/."""

from supporters.urls_incidents import COMMON, REVIEW

app_name = "office"
urlpatterns = [REVIEW, *COMMON]
