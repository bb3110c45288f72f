"""A report that leaves: prepared at a desk, sent back from a phone in French, prepared again, published, read."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.people import follow
from tests.e2e.test_accounts import enter

# As the nightly run does it, so that nobody waits for the proofs.
FROZEN = """
from contextlib import suppress
from django.utils import timezone
from psp.errors import DomainError
from reporting.disclosure import DisclosureError
from reporting.releases.forms import to_report
from reporting.periods import Span, parse
from reporting.record import ensure, in_force
codes = [code for _label, periods in to_report(timezone.localdate()) for code, _name in periods]
month = next(code for code in codes if parse(code).span == Span.MONTH)
# The page of figures, which an analyst meets first, shows the newest quarter.
quarter = next(code for code in codes if parse(code).span == Span.QUARTER)
for series in in_force():
    for code in (month, quarter):
        with suppress(DisclosureError, DomainError):
            ensure(series, parse(code))
print(month)
"""


def test_report_is_prepared_sent_back_and_published_by_two(visitor, site):
    month = site.run(FROZEN)
    analyst = visitor("en")
    enter(analyst, "analyst")
    analyst.open("reports/releases/")
    desk = analyst.page
    follow(desk.get_by_role("link", name="Prepare a report").first)
    analyst.check()
    desk.get_by_label("Which period?").select_option(month)
    desk.get_by_label("What readers should know, in English").fill("The first report of this kind.")
    follow(desk.get_by_role("button", name="Prepare the report"))
    # Half of it in one language: said at its place, and what was typed is still there.
    expect(desk.get_by_text("Say the same in French too").first).to_be_visible()
    expect(desk.get_by_label("What readers should know, in English")).to_have_value("The first report of this kind.")
    analyst.check()
    desk.get_by_label("What readers should know, in French").fill("Le premier rapport de ce genre.")
    follow(desk.get_by_role("button", name="Prepare the report"))
    expect(desk.get_by_text("A second person decides")).to_be_visible()
    expect(desk.get_by_role("heading", name="What is hidden, and why")).to_be_visible()
    analyst.check()
    address = desk.url.partition("/en/")[2]
    desk.locator("details.more summary", has_text="People who took part").click()
    follow(desk.get_by_role("link", name="By region").first)
    expect(desk.get_by_role("table")).to_be_visible()
    analyst.check()

    second = visitor("fr", phone=True)
    enter(second, "privacy")
    second.open("privacy/")
    expect(second.page.get_by_role("heading", name="Rapports à vérifier")).to_be_visible()
    second.open(address)
    phone = second.page
    expect(phone.get_by_text("Le premier rapport de ce genre.")).to_be_visible()
    follow(phone.get_by_role("link", name="Renvoyer…"))
    second.check()
    phone.get_by_label("Autre chose, en une phrase").check()
    follow(phone.locator("main form button.btn-primary"))
    expect(phone.get_by_text("Dites en une phrase ce qui devrait changer.").first).to_be_visible()
    second.check()
    phone.get_by_label("En une phrase, si c’est utile").fill("Le titre doit nommer le programme de subvention.")
    follow(phone.locator("main form button.btn-primary"))
    expect(phone.get_by_text("Le rapport est renvoyé.")).to_be_visible()
    second.check()

    analyst.open(address)
    expect(desk.get_by_text("Le titre doit nommer le programme de subvention.")).to_be_visible()
    follow(desk.get_by_role("link", name="Prepare again"))
    analyst.check()
    desk.get_by_label("Title in English").fill("Figures for the grant")
    desk.get_by_label("Title in French").fill("Chiffres pour la subvention")
    follow(desk.get_by_role("button", name="Prepare the report again"))
    expect(desk.get_by_role("heading", name="Figures for the grant")).to_be_visible()

    second.open(address)
    follow(phone.get_by_role("link", name="Publier…"))
    second.check()
    follow(phone.locator("main form button.btn-primary"))
    expect(phone.get_by_text("Plus rien n’y change.")).to_be_visible()
    expect(phone.get_by_role("heading", name="Chiffres pour la subvention")).to_be_visible()
    second.check()

    analyst.open(address)
    expect(desk.get_by_text("Published", exact=True)).to_be_visible()
    follow(desk.get_by_role("button", name="Make it again and compare"))
    expect(desk.get_by_text("the same to the letter")).to_be_visible()
    analyst.check()
    desk.emulate_media(media="print")
    expect(desk.get_by_role("heading", name="Figures for the grant")).to_be_visible()
    expect(desk.get_by_role("button", name="Make it again and compare")).to_be_hidden()
    analyst.open("reports/releases/")
