"""Whoever was shown a certificate checks it by its code: name, course, days, and nothing else.

Wrong codes of every kind get one answer. The code goes in the body, so no address and no history of a browser holds it.
"""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supporters.training.forms import CodeForm
from supporters.training.services_certificates import Shown, Worth, check_certificate
from supporters.training.words import day

TAGS = {Worth.VALID: "success", Worth.ENDED: "warning", Worth.WITHDRAWN: "danger"}


@login_not_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "supporters/training/check.html", {"form": form})
    if not ratelimit.consume(request, action="course_certificate"):
        form.add_error(None, _("Many codes were tried from your network. Please try again in an hour."))
        return render(request, "supporters/training/check.html", {"form": form}, status=429)
    found = check_certificate(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", _("We cannot confirm this code. Compare it with the paper, letter by letter."))
        return render(request, "supporters/training/check.html", {"form": form})
    return render(request, "supporters/training/checked.html", _shown(found))


def _shown(found: Shown) -> dict[str, Any]:
    course = found.course.name if found.course else ""
    return {
        "worth": found.worth.value, "tag": TAGS[found.worth], "name": found.name, "course": course,
        "completed": day(found.completed_on), "through": day(found.through),
    }  # fmt: skip
