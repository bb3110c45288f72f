"""The one way for a template to show figures: from a report of protected tables."""

from __future__ import annotations

from typing import Any

from django import template

from reporting import present
from reporting.indicators import Report

register = template.Library()


@register.inclusion_tag("reports/figures_table.html")
def figures_table(report: Report, caption: str) -> dict[str, Any]:
    """The table of a report, its last row for all regions. TypeError for tables that are not protected."""
    header = present.columns()
    lines = [
        {"name": name, "cells": [{"label": label, "value": value, "text": present.shown(value)}
                                 for label, value in zip(header[1:], figures, strict=True)]}
        for name, figures in present.rows(report)
    ]  # fmt: skip
    return {"caption": caption, "columns": header, "rows": lines[:-1], "total": lines[-1]}
