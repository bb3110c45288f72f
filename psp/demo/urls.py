"""Pages that exist in the demo only."""

from django.urls import path

from psp.demo import views

app_name = "demo"
urlpatterns = [
    path("mailbox/", views.mail, name="mailbox"),
    path("components/", views.components, name="components"),
]
