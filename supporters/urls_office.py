"""Addresses of the privacy officer that this app fills: {lang}/privacy/matters/."""

from supporters.incidents.urls import COMMON, REVIEW

app_name = "office"
urlpatterns = [REVIEW, *COMMON]
