"""Every page at 390 and 1440 px, light and dark: in var/screenshots/, and checked by axe.

``make screenshots`` takes all four looks; the suite looks at the two that axe sees.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, token_of
from tests.serving import ROOT, Server, furnish

pytestmark = [pytest.mark.browser, pytest.mark.services]

SCREENSHOTS = ROOT / "var" / "screenshots"

STAFF_PAGES = {  # name: (who, address); {table} stands for a row's number, see ``number_of``
    "board-front-desk": ("front-desk", "/boards/front-desk/"),
    "board-housekeeping": ("housekeeping", "/boards/housekeeping/"),
    "board-all": ("supervisor", "/boards/all/"),
    "board-empty": ("bell", "/boards/bell/"),
    "new-request": ("front-desk", "/requests/new/"),
    "search": ("front-desk", "/search/?q=412"),
    "my-thanks": ("mika.salo", "/my/thanks/"),
    "account": ("front-desk", "/account/"),
    "manager": ("manager", "/manager/"),
    "manager-requests": ("manager", "/manager/requests/?count=late"),
    "all-thanks": ("manager", "/manager/thanks/"),
    "house": ("admin", "/house/"),
    "people": ("admin", "/house/people/"),
    "catalogue": ("admin", "/house/services/"),
    "words": ("admin", "/house/words/"),
    "texts": ("admin", "/house/texts/"),
    "hotel-settings": ("admin", "/house/settings/"),
    "add-person": ("admin", "/house/people/new/"),
    "person": ("admin", "/house/people/{staff_person}/"),
    "room": ("admin", "/house/rooms/{requests_app_room}/"),
    "service": ("admin", "/house/services/{requests_app_service}/"),
    "add-service": ("admin", "/house/services/new/"),
    "thanks": ("manager", "/manager/thanks/{requests_app_commendation}/"),
    "request": ("supervisor", "/requests/{requests_app_request}/"),
    "transfer": ("supervisor", "/requests/{requests_app_request}/transfer/"),
    "not-for-you": ("bell", "/manager/"),
    "room-cards": ("admin", "/house/rooms/cards/"),
}
AXE_LOOKS = ("390-dark", "1440-light")
"""Both widths and both schemes are before axe."""
LOOKS = [
    (look, width, scheme)
    for width in (PHONE, DESKTOP)
    for scheme in ("light", "dark")
    if (look := f"{width['width']}-{scheme}") in AXE_LOOKS or "EVERY_LOOK" in os.environ
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo hotel with its fortnight of history, running."""
    server = Server(furnish(tmp_path_factory.mktemp("looked-at") / "hotel", history=True)).start()
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture(scope="module")
def signed_in_state(house: Server, chromium: Browser) -> Callable[[str], Any]:
    """Cookies of whoever is asked for; each person signs in once."""
    known: dict[str, Any] = {}

    def state(local: str) -> Any:
        if local not in known:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{house.url}/sign-in/")
            page.locator("input[name=email]").fill(f"{local}@demo.example")
            page.locator("input[name=password]").fill("demo")
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(lambda address: "sign-in" not in address)
            known[local] = context.storage_state()
            context.close()
        return known[local]

    return state


def number_of(house: Server, table: str) -> int:
    """The latest row of a table; of requests, the latest that is still open."""
    where = "WHERE closed_at IS NULL AND status = 'new'" if table.endswith("request") else ""
    ((number,),) = house.rows(f"SELECT max(id) FROM {table} {where}")
    return int(number)


def look_at(page: Page, name: str, axe_script: str) -> list[str]:
    """Take the picture, and say what axe finds."""
    page.evaluate("document.fonts.ready.then(() => true)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    return faults(page, name, axe_script)


def faults(page: Page, name: str, axe_script: str) -> list[str]:
    if not name.endswith(AXE_LOOKS):
        return []
    # Evaluated by the debugger, so the page's own content policy stays as it is.
    page.evaluate(axe_script)
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [
        f"{name}: {violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in found
        for node in violation["nodes"][:3]
    ]


def is_too_wide(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


@pytest.mark.parametrize(("look", "viewport", "scheme"), LOOKS, ids=[look[0] for look in LOOKS])
def test_staff_pages_are_accessible_and_photographed(
    house: Server,
    open_context: Callable[..., BrowserContext],
    signed_in_state: Callable[[str], Any],
    axe_script: str,
    look: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    found: list[str] = []
    pages: dict[str, Page] = {}
    for name, (who, address) in STAFF_PAGES.items():
        if who not in pages:
            state = signed_in_state(who)
            window = open_context(viewport=viewport, color_scheme=scheme, storage_state=state)
            pages[who] = window.new_page()
        page = pages[who]
        numbers = {table: number_of(house, table) for table in re.findall(r"{(\w+)}", address)}
        answer = page.goto(house.url + address.format(**numbers))
        assert answer is not None
        assert answer.status == (403 if name == "not-for-you" else 200), address
        if name.startswith("board") or name == "manager":
            expect(page.locator("#live")).to_have_text("Live")
        found += look_at(page, f"{name}-{look}", axe_script)
        if is_too_wide(page):
            found.append(f"{name}-{look}: scrolls sideways")
        if name == "board-all":
            found += conversation_and_dialogs(page, look, axe_script)
    assert not found, "\n".join(found)


def conversation_and_dialogs(page: Page, look: str, axe_script: str) -> list[str]:
    """What opens on the board: the conversation, and the forms that ask something."""
    found: list[str] = []
    page.locator("article.card[data-status=in_progress] [data-act=done]").first.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Done")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / f"done-{look}.png")
    found += faults(page, f"done-{look}", axe_script)
    page.keyboard.press("Escape")
    page.locator("article.card[data-status=in_progress] [data-open]").first.click()
    expect(page.locator("#beside [data-talk]")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / f"conversation-{look}.png")
    return found + faults(page, f"conversation-{look}", axe_script)


@pytest.mark.parametrize(("look", "viewport", "scheme"), LOOKS, ids=[look[0] for look in LOOKS])
def test_guest_pages_are_accessible_and_photographed(
    house: Server,
    open_context: Callable[..., BrowserContext],
    axe_script: str,
    look: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    found: list[str] = []
    # The three that read from left to right look alike; the phone in the dark shows them all.
    rooms = ["305", "306", "307", "308"]
    languages = [code for code, _name in settings.LANGUAGES]
    for language in languages if look == "390-dark" else ("en", "ar"):
        page = open_context(viewport=viewport, color_scheme=scheme, locale=language).new_page()
        # Each from a room of its own: one that asks twenty times is asked to telephone.
        room = f"{house.url}/r/{token_of(house, rooms.pop())}/"
        page.goto(room)
        expect(page.locator("html")).to_have_attribute("lang", language)
        if language == "ar":
            expect(page.locator("html")).to_have_attribute("dir", "rtl")
        found += look_at(page, f"guest-{language}-{look}", axe_script)
        page.goto(f"{room}towels/")
        found += look_at(page, f"guest-service-{language}-{look}", axe_script)
        page.goto(room)
        page.locator("#words").fill("2 towels please, and a taxi tomorrow at 6 in the morning")
        page.locator("#ask button.primary").click()
        expect(page.locator("#mine article").first).to_be_visible()
        found += look_at(page, f"guest-asked-{language}-{look}", axe_script)
        if is_too_wide(page):
            found.append(f"guest-{language}-{look}: scrolls sideways")
        page.context.close()
    page = open_context(viewport=viewport, color_scheme=scheme).new_page()
    for name, address, status in (
        ("guest-lost", "/r/not-a-token-of-any-room/", 404),
        ("sign-in", "/sign-in/", 200),
        ("simulator", "/simulator/", 200),
    ):
        answer = page.goto(house.url + address)
        assert answer is not None
        assert answer.status == status, address
        # The simulator asks for news every moment; its network is never idle.
        if name == "simulator":
            page.screenshot(path=SCREENSHOTS / f"{name}-{look}.png", full_page=True)
            found += faults(page, f"{name}-{look}", axe_script)
        else:
            found += look_at(page, f"{name}-{look}", axe_script)
    assert not found, "\n".join(found)


def test_a_room_page_weighs_less_than_60_kilobytes_on_first_load(
    house: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport=PHONE).new_page()
    sizes: dict[str, int] = {}

    def weigh(response: Any) -> None:
        if response.url.startswith("http"):
            sizes[response.url] = len(response.body())

    page.on("response", weigh)
    page.goto(f"{house.url}/r/{token_of(house, '305')}/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 60_000, json.dumps(sizes, indent=1)


def test_a_room_page_works_without_javascript(
    house: Server, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{house.url}/r/{token_of(house, '401')}/")
    page.locator("#words").fill("An extra blanket please")
    page.locator("#ask button.primary").click()
    expect(page.locator("#mine article.card h2").first).to_contain_text("blanket")


def test_staff_work_without_javascript(
    house: Server,
    open_context: Callable[..., BrowserContext],
    signed_in_state: Callable[[str], Any],
) -> None:
    page = open_context(
        java_script_enabled=False, storage_state=signed_in_state("supervisor")
    ).new_page()
    page.goto(f"{house.url}/boards/all/")
    taken = page.locator("article.card[data-status=new]:has([data-act=accept])").first
    number = taken.get_attribute("id")
    taken.locator("[data-act=accept]").click()
    expect(page.locator(f"#{number}")).to_have_attribute("data-status", "accepted")
