"""Addresses of figures as files."""

from django.urls import path

from reporting import views_files

KINDS = ("csv", "xlsx", "json", "pdf")

patterns = [
    *(path(f"topics/<slug:topic>/table.{kind}", views_files.topic_file, {"kind": kind}, name=f"topic_{kind}")
      for kind in KINDS),
    *(path(f"releases/<int:release_id>/table.{kind}", views_files.release_file, {"kind": kind},
           name=f"release_{kind}") for kind in KINDS),
    path("releases/<int:release_id>/both.pdf", views_files.release_file, {"kind": "both"}, name="release_both"),
]  # fmt: skip
