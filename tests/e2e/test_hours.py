"""Hours to export: noted on a phone in French, approved by the supervisor, in a file that two people agreed to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.people import follow
from tests.e2e.test_accounts import enter


def test_hours_go_from_a_phone_to_the_pay_file(visitor):
    day = datetime.now(UTC).date() - timedelta(days=40)
    lead = visitor("fr", phone=True)
    enter(lead, "supporter.qc")
    for path in ("lead/leave/", "lead/limits/", "lead/hours/"):
        lead.open(path)
    page = lead.page
    follow(page.get_by_role("link", name="Ajouter une ligne"))
    page.get_by_label("Déplacements").check()
    page.get_by_label("Quel jour").fill(day.isoformat())
    page.locator("#line-begin").fill("13:00")
    page.locator("#line-end").fill("")
    follow(page.get_by_role("button", name="Enregistrer cette ligne"))
    # Half a time: said, and what was typed is still there.
    expect(page.locator("#line-begin")).to_have_value("13:00")
    lead.check()
    page.locator("#line-end").fill("14:30")
    follow(page.get_by_role("button", name="Enregistrer cette ligne"))
    expect(page.get_by_text("La ligne est parmi vos heures.")).to_be_visible()
    lead.check()
    follow(page.get_by_role("button", name="Envoyer mes heures"))
    expect(page.get_by_text("1 ligne est envoyée.")).to_be_visible()
    lead.check()

    supervisor = visitor("en")
    enter(supervisor, "supervisor")
    supervisor.open("care/hours/")
    follow(supervisor.page.get_by_role("button", name="Approve 1 h 30").first)
    expect(supervisor.page.get_by_role("button", name="Undo")).to_be_visible()
    supervisor.check()

    admin = visitor("en")
    enter(admin, "admin")
    admin.open("desk/pay/")
    follow(admin.page.get_by_role("button", name="Ask for the file"))
    expect(admin.page.get_by_role("heading", name="Waits for a second person")).to_be_visible()
    admin.check()

    second = visitor("fr")
    enter(second, "privacy")
    second.open("desk/pay/")
    follow(second.page.get_by_role("button", name="Accepter"))
    expect(second.page.get_by_text("Le fichier est fait.")).to_be_visible()
    second.check()

    admin.open("desk/pay/")
    with admin.page.expect_download() as found:
        admin.page.get_by_role("button", name="Get the file").click()
    text = Path(found.value.path()).read_text(encoding="utf-8-sig")
    assert found.value.suggested_filename.startswith("hours-")
    assert "supporter.qc" in text
    assert "1.50" in text
    admin.open("desk/pay/roles/")
