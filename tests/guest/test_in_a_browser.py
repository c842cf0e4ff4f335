"""The room's page in a real Chromium: with scripts and without."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.boards.browsing import Browser as Browsing
from tests.guest.conftest import picture
from tests.serving import Server

pytestmark = pytest.mark.browser


def address(server: Server) -> str:
    ((token,),) = server.rows("SELECT token FROM requests_app_room WHERE number = '305'")
    return f"{server.url}/r/{token}/"


def telephone(chromium: Browser, **options: object) -> Page:
    phone = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "has_touch": True}
    return chromium.new_context(**(phone | options)).new_page()  # type: ignore[arg-type]


def test_what_is_typed_stays_while_the_card_around_it_changes(server, chromium):
    page = telephone(chromium)
    page.goto(address(server))
    page.get_by_label("In your own words").fill("two towels please")
    page.get_by_role("button", name="Ask").click()
    card = page.locator(".card").filter(has_text="2 bath towels")
    expect(card.get_by_text("We have it.")).to_be_visible()
    expect(page.get_by_label("In your own words")).to_have_value("")
    card.get_by_text("Add a word").click()
    card.get_by_label("Your words").fill("the soft ones, and")

    other = page.context.new_page()
    other.goto(address(server))
    other.get_by_text("Add a word").click()
    other.get_by_label("Your words").fill("said in another tab")
    other.locator(".write button").click()
    expect(other.get_by_text("said in another tab")).to_be_visible()

    expect(card.get_by_text("said in another tab")).to_be_visible()
    expect(card.get_by_label("Your words")).to_have_value("the soft ones, and")
    card.locator(".write button").click()
    expect(other.get_by_text("the soft ones, and")).to_be_visible()


def test_words_are_not_lost_when_the_network_is(server, chromium):
    page = telephone(chromium)
    page.goto(address(server))
    page.context.set_offline(True)
    page.get_by_label("In your own words").fill("two towels please")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("That could not be sent: no connection.")).to_be_visible()
    expect(page.get_by_label("In your own words")).to_have_value("two towels please")
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card")).to_have_count(1)
    assert server.rows("SELECT count(*) FROM requests_app_request") == [(1,)]


def test_everything_works_without_scripts(server, chromium):
    page = telephone(chromium, java_script_enabled=False)
    page.goto(address(server))
    page.get_by_role("link", name="Bath towels").click()
    page.get_by_label("How many?").fill("3")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name="3 bath towels")).to_be_visible()
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربيّة").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator(".card .not-needed summary").click()  # asked first, and only then
    assert server.rows("SELECT status FROM requests_app_request") == [("new",)]
    page.locator(".card .not-needed button").click()
    assert server.rows("SELECT status FROM requests_app_request") == [("cancelled",)]


def test_a_photo_is_sent_and_the_browser_complains_of_nothing(server, chromium):
    page = telephone(chromium)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.goto(address(server))
    photo = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture().getvalue()}
    page.locator("#ask input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_label("In your own words").fill("this lamp is broken")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card .photos img")).to_be_visible()
    assert complaints == []


def test_what_is_missing_is_not_asked_of_whoever_has_everything(server, chromium):
    page = telephone(chromium)
    page.goto(address(server))
    page.get_by_label("In your own words").fill("two towels please")
    page.get_by_role("button", name="Ask").click()
    card = page.locator(".card")
    expect(card).to_have_count(1)
    ((pk,),) = server.rows("SELECT id FROM requests_app_request")
    Browsing(server).back("housekeeping").post(f"/requests/{pk}/done/")
    card.get_by_text("Not yet", exact=True).click()
    expect(card.get_by_label("What is missing?")).to_be_visible()
    card.get_by_role("button", name="Yes, everything").click()
    expect(card.get_by_text("How did we do?")).to_be_visible()
    expect(card.get_by_label("What is missing?")).not_to_be_visible()


@pytest.mark.parametrize("language", ["fi", "tr", "ar", "en"])
def test_every_service_has_its_line_on_a_small_telephone(server, chromium, language):
    page = telephone(chromium, locale=language)
    page.goto(address(server))
    page.evaluate("document.querySelectorAll('.menu details').forEach(d => { d.open = true; })")
    wrong = page.evaluate(
        """[...document.querySelectorAll('.menu li a')].filter(a => {
            const small = a.querySelector("small");
            const line = parseFloat(getComputedStyle(small).lineHeight);
            return a.scrollWidth > a.clientWidth + 1 || small.offsetHeight > line * 1.5;
        }).map(a => a.textContent)"""
    )
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(server, chromium, scheme):
    page = telephone(chromium, color_scheme=scheme)
    page.goto(address(server))
    page.get_by_label("In your own words").fill("two towels, and there is smoke")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card")).to_have_count(2)
    found = {"room": Axe().run(page).response["violations"]}
    page.goto(f"{address(server)}taxi/")
    found["service"] = Axe().run(page).response["violations"]
    page.goto(f"{server.url}/r/nobody-ever-had-this-token/")
    found["lost"] = Axe().run(page).response["violations"]
    shown = {
        name: [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations]
        for name, violations in found.items()
    }
    assert shown == {"room": [], "service": [], "lost": []}


def test_nothing_is_wider_than_a_small_telephone_at_double_size(server, chromium):
    page = telephone(chromium, viewport={"width": 320, "height": 640})
    page.goto(address(server))
    page.get_by_label("In your own words").fill("w" * 300)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
