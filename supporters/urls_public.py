"""Public addresses of this app."""

from django.urls import path

from supporters.training import views_certificate

urlpatterns = [path("certificate/", views_certificate.check, name="course_certificate")]
