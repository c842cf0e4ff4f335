"""The whole way, side by side: a guest with a telephone, two desks and a manager."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, token_of
from tests.browser.wire import Wire
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.services]


def text_from(page: Page, room: str, words: str) -> None:
    """Text the hotel on the simulated phone of a room."""
    phone = page.locator("section.phone", has=page.get_by_role("heading", name=re.compile(room)))
    phone.get_by_placeholder("Text the hotel").fill(words)
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("li.mine").last).to_contain_text(words)


def card(page: Page, what: str) -> object:
    return page.locator("article.card", has=page.get_by_role("heading", name=re.compile(what)))


def lane(page: Page, name: str) -> object:
    return page.locator(f"section[data-lane={name}]")


def test_from_a_text_and_a_scan_to_a_commendation_passed_on(
    server: Server,
    open_context: Callable[..., BrowserContext],
    sign_in: Callable[..., Page],
) -> None:
    wire = Wire(server.port)
    manager = sign_in(server.url, "manager")
    manager.goto(f"{server.url}/manager/")
    board = sign_in(wire.url, "housekeeping")
    board.goto(f"{wire.url}/boards/housekeeping/")
    everything = sign_in(server.url, "supervisor")
    everything.goto(f"{server.url}/boards/all/")
    phone = open_context(viewport=PHONE, is_mobile=True, has_touch=True).new_page()
    phone.goto(f"{server.url}/simulator/")
    for page in (board, everything, manager):
        expect(page.locator("#live")).to_have_text("Live")

    # A guest texts three things; they are on their desks without anybody reloading.
    text_from(phone, "207", "2 towels and a toothbrush please, and the AC is dripping")
    expect(lane(board, "new").locator("article")).to_have_count(2)
    expect(lane(everything, "new").locator("article")).to_have_count(3)
    expect(card(everything, "Air conditioning")).to_have_attribute("data-desk", "engineering")
    answer = phone.locator("section.phone", has_text="Emily").locator("li.hotel").last
    expect(answer).to_contain_text("2 bath towels, 1 dental kit for room 207: Housekeeping, by")

    # The desk takes one with a key; everybody sees who has it.
    card(board, "2 bath towels").click()
    board.keyboard.press("a")
    expect(card(board, "2 bath towels")).to_have_attribute("data-status", "accepted")
    expect(card(everything, "2 bath towels")).to_contain_text("Aino L.")

    # The board loses its connection; meanwhile a guest scans and asks.
    wire.cut()
    expect(board.locator("#live")).to_contain_text("Offline since")
    scan = open_context(viewport=PHONE, is_mobile=True, has_touch=True).new_page()
    scan.goto(f"{server.url}/r/{token_of(server, '305')}/")
    scan.get_by_label("In your own words").fill("One pillow please")
    scan.get_by_role("button", name="Ask").click()
    mine = scan.locator("#mine article.card")
    expect(mine).to_have_count(1)
    expect(mine.get_by_role("heading").first).to_contain_text("pillow")
    expect(card(everything, "pillow")).to_be_visible()
    expect(card(board, "pillow")).to_have_count(0)

    # It comes back, and is right again by itself.
    wire.mend()
    expect(board.locator("#live")).to_have_text("Live")
    expect(card(board, "pillow")).to_be_visible()

    # The guest's page follows: accepted by whom, on the way, done.
    card(board, "pillow").get_by_role("button", name="Accept").click()
    expect(mine).to_contain_text("Aino L.")
    card(board, "pillow").get_by_role("button", name="On my way").click()
    expect(mine).to_have_attribute("data-status", "in_progress")
    card(board, "pillow").get_by_role("link", name="Done").click()
    dialog = board.get_by_role("dialog")
    dialog.get_by_label("Mika S.").check()
    dialog.get_by_label(re.compile("What was done")).fill("A soft one and a firm one")
    dialog.get_by_label(re.compile("Beyond")).fill("Warm milk for the child")
    board.keyboard.press("Control+Enter")
    expect(lane(board, "waiting").locator("article")).to_have_count(1)

    # The guest confirms, rates, and thanks by name; the manager reads it at once.
    scan.get_by_role("button", name="Yes, everything").click()
    mine.locator(".rating label", has_text="5").click()
    mine.get_by_role("button", name="Send").click()
    mine.locator(".thank label", has_text="Mika").click()
    scan.get_by_label(re.compile("What did they do")).fill("Mika brought warm milk as well!")
    scan.get_by_role("button", name="Pass on my thanks").click()
    expect(mine.locator(".thanks")).to_be_visible()
    story = manager.locator("article.story", has_text="Mika brought warm milk as well!")
    expect(story).to_contain_text("Mika Salo")
    expect(lane(board, "waiting").locator("article")).to_have_count(0)

    # By text, too: arrived, five, and a name that needs no guessing.
    card(board, "2 bath towels").get_by_role("link", name="Done").click()
    board.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(answer).to_contain_text("did everything arrive? Answer 1 if it did, 2 if not yet.")
    text_from(phone, "207", "1")
    expect(answer).to_contain_text("from 1 (poor) to 5 (excellent)")
    text_from(phone, "207", "5")
    expect(answer).to_contain_text("1 Aino")
    text_from(phone, "207", "Aino was so kind")
    expect(answer).to_contain_text("Our manager will read this")
    expect(manager.locator("article.story", has_text="Aino was so kind")).to_contain_text(
        "Aino Laine"
    )

    # The manager passes it on with a note; the employee reads it.
    story.get_by_role("link", name="Pass on with a note").click()
    manager.get_by_label(re.compile("A few words from you")).fill("The whole floor heard of it.")
    manager.get_by_role("button", name="Pass on", exact=True).click()
    expect(story).to_contain_text("Passed on by Robert L.")
    mika = sign_in(server.url, "mika.salo", viewport=PHONE)
    mika.goto(f"{server.url}/my/thanks/")
    expect(mika.get_by_text("Mika brought warm milk as well!")).to_be_visible()
    expect(mika.get_by_text("The whole floor heard of it.")).to_be_visible()
    wire.close()


def test_not_yet_brings_the_same_request_back_as_rework(
    server: Server,
    open_context: Callable[..., BrowserContext],
    sign_in: Callable[..., Page],
) -> None:
    board = sign_in(server.url, "housekeeping", viewport=PHONE)
    board.goto(f"{server.url}/boards/housekeeping/")
    scan = open_context(viewport=PHONE, locale="tr-TR").new_page()
    scan.goto(f"{server.url}/r/{token_of(server, '412')}/")
    scan.locator("#words").fill("2 havlu lütfen")
    scan.locator("#ask button.primary").click()
    towels = card(board, "2 bath towels")
    towels.get_by_role("button", name="Accept").click()
    towels.get_by_role("link", name="Done").click()
    board.get_by_role("dialog").get_by_role("button", name="Done").click()
    mine = scan.locator("#mine article.card")
    expect(mine).to_have_attribute("data-status", "done")
    first = mine.get_attribute("id")
    scan.locator("details.not-yet summary").first.click()
    scan.locator("details.not-yet textarea").first.fill("Bir tane eksik")
    scan.locator("details.not-yet button.primary").first.click()
    expect(mine).to_have_attribute("data-status", "new")
    assert mine.get_attribute("id") == first
    expect(lane(board, "new").locator("article")).to_have_count(1)


def test_two_boards_accept_at_once_and_one_reads_who_has_it(
    server: Server,
    open_context: Callable[..., BrowserContext],
    sign_in: Callable[..., Page],
) -> None:
    aino = sign_in(server.url, "housekeeping")
    maria = sign_in(server.url, "maria.santos")
    for page in (aino, maria):
        page.goto(f"{server.url}/boards/housekeeping/")
        expect(page.locator("#live")).to_have_text("Live")
    phone = open_context(viewport=PHONE).new_page()
    phone.goto(f"{server.url}/simulator/")
    text_from(phone, "305", "pyyhkeitä kiitos")
    for page in (aino, maria):
        expect(card(page, "Bath towels")).to_be_visible()
    # Both fingers come down at one moment, agreed beforehand: neither board knows of the other's.
    moment = aino.evaluate("Date.now() + 800")
    for page in (aino, maria):
        page.evaluate(
            "moment => setTimeout(() => document.querySelector('[data-act=accept]').click(),"
            " moment - Date.now())",
            moment,
        )
    expect(card(aino, "Bath towels")).to_have_attribute("data-status", "accepted")
    holder = card(aino, "Bath towels").get_attribute("data-holder")
    expect(card(maria, "Bath towels")).to_have_attribute("data-holder", str(holder))
