"""The board in a real Chromium: keys, drafts, what arrives by itself, and a network that goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from tests.boards.browsing import Browser
from tests.conftest import EMILY, KARI
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def board(chromium: Chromium, server: Server) -> Iterator[Page]:
    """The bell desk's board, open and live."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    session = Browser(server).back("bell").cookie("sessionid")
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{server.url}/boards/bell/")
    expect(page.locator("#live")).to_have_text("Live")
    yield page
    assert problems == []
    context.close()


def ask_for(server: Server, room: str, words: str = "", service: str = "luggage") -> None:
    """Somebody at the front desk enters a request."""
    desk = Browser(server).back("front-desk")
    assert desk.post("/requests/new/", room=room, service=service, words=words) == 200


def text_from(number: str, server: Server, words: str) -> None:
    form = {"MessageSid": f"SM{uuid4().hex}", "AccountSid": "AC1", "From": number,
            "To": "+12025550100", "Body": words, "NumMedia": "0"}  # fmt: skip
    assert server.post_signed("/twilio/messages/", form)[0] == 200


def test_a_request_arrives_and_is_taken_and_done_with_keys_alone(
    board: Page, server: Server
) -> None:
    ask_for(server, "101")
    card = board.locator('.card[data-room="101"]')
    expect(card).to_have_attribute("data-status", "new")
    expect(board).to_have_title("(1) Bell desk · Concierge")
    expect(card.locator(".clock")).to_contain_text("due in")
    board.keyboard.press("j")
    expect(card).to_have_attribute("aria-current", "true")
    board.keyboard.press("a")
    expect(board.locator('[data-lane="in-hand"] .card[data-room="101"]')).to_be_visible()
    board.keyboard.press("d")
    board.keyboard.type("Carried up")
    board.keyboard.press("Control+Enter")
    expect(board.locator('[data-lane="waiting"] .card[data-room="101"]')).to_be_visible()
    expect(board.locator("#dialog")).not_to_be_visible()


def test_a_draft_outlives_what_arrives_and_keys_do_not_fire_while_typing(
    board: Page, server: Server
) -> None:
    ask_for(server, "412")
    card = board.locator('.card[data-room="412"]')
    card.locator(".what a").click()
    box = board.locator("#reply-text")
    box.fill("We are on our way a d x")
    colleague = Browser(server).back("bell")
    pk = card.get_attribute("id").removeprefix("request-")
    colleague.post(f"/requests/{pk}/note/", text="Two heavy cases")
    expect(board.locator(".thread .note")).to_contain_text("Two heavy cases")
    expect(card.locator(".latest-note")).to_have_text("Two heavy cases")
    box.press("End")
    box.press("a")
    expect(box).to_have_value("We are on our way a d xa")
    expect(card).to_have_attribute("data-status", "new")
    box.press("Control+Enter")
    expect(board.locator(".thread .us")).to_contain_text("We are on our way")
    expect(box).to_have_value("")


def test_a_new_request_is_entered_from_the_keyboard(board: Page, server: Server) -> None:
    board.keyboard.press("n")
    board.keyboard.type("207")
    board.keyboard.press("Tab")
    board.keyboard.type("help with luggage please")
    expect(board.locator("#becomes")).to_contain_text("Emily Clarke")
    expect(board.locator("#becomes")).to_contain_text("Bell desk")
    board.keyboard.press("Enter")
    expect(board.locator('.card[data-room="207"]')).to_be_visible()


def test_a_board_says_when_it_is_offline_and_heals_by_itself(board: Page, server: Server) -> None:
    board.context.set_offline(True)
    board.evaluate("dispatchEvent(new Event('offline'))")
    expect(board.locator("#live")).to_contain_text("Offline since")
    ask_for(server, "303")
    expect(board.locator('.card[data-room="303"]')).to_have_count(0)
    board.context.set_offline(False)
    expect(board.locator('.card[data-room="303"]')).to_be_visible(timeout=20_000)
    expect(board.locator("#live")).to_have_text("Live")


def test_a_refusal_is_said_calmly_and_the_card_is_as_it_is(board: Page, server: Server) -> None:
    ask_for(server, "404")
    card = board.locator('.card[data-room="404"]')
    pk = card.get_attribute("id").removeprefix("request-")
    colleague = Browser(server).back("ravi.patel")
    on_the_way: list[Route] = []
    board.route("**/accept/", lambda route: on_the_way.append(route))
    with board.expect_request("**/accept/"):
        card.get_by_role("button", name="Accept").click()
    colleague.post(f"/requests/{pk}/accept/")
    expect(card).to_have_attribute("data-status", "accepted")  # the button is gone already
    on_the_way[0].continue_()
    expect(board.locator("#toasts")).to_have_text("Ravi P. has this already.")


def test_what_is_typed_while_a_form_is_on_its_way_is_kept_for_it(
    board: Page, server: Server
) -> None:
    ask_for(server, "102")
    card = board.locator('.card[data-room="102"]')
    card.click()
    on_the_way: list[Route] = []
    board.route("**/note/", lambda route: on_the_way.append(route))
    with board.expect_request("**/note/"):
        board.keyboard.press("i")
    board.keyboard.type("Two axes")
    expect(board.locator("#dialog")).to_have_text("…")
    on_the_way.pop().continue_()
    expect(board.get_by_role("dialog").locator("textarea")).to_have_value("Two axes")
    board.unroute("**/note/")
    board.keyboard.press("Control+Enter")
    expect(card.locator(".latest-note")).to_have_text("Two axes")
    expect(card.locator(".what a")).to_be_focused()


def test_what_could_not_be_sent_is_said_once_and_waits_to_be_sent_again(
    board: Page, server: Server
) -> None:
    ask_for(server, "208")
    card = board.locator('.card[data-room="208"]')
    card.locator(".what a").click()
    board.locator("#reply-text").fill("On our way")
    board.route("**/reply/", lambda route: route.abort())
    board.keyboard.press("Control+Enter")
    expect(board.locator("#toasts")).to_contain_text("No answer just now.")
    expect(board.locator("#toasts p")).to_have_count(1)
    expect(board.locator("#reply-text")).to_have_value("On our way")
    board.unroute("**/reply/")
    board.keyboard.press("Control+Enter")
    expect(board.locator(".thread .us")).to_contain_text("On our way")
    expect(board.locator("#reply-text")).to_have_value("")


def test_no_key_fires_where_a_reply_was_meant_and_none_may_be_sent(
    board: Page, server: Server
) -> None:
    text_from(EMILY, server, "please carry our bags to the lobby")
    card = board.locator('.card[data-room="207"]', has_text="to the lobby")
    expect(card).to_be_visible()
    text_from(EMILY, server, "STOP")
    expect(card.get_by_text("No texts: STOP")).to_be_visible()
    card.click()
    board.keyboard.press("m")
    board.keyboard.type("hello, a d s x")  # some of it before the panel is there, some after
    refusal = board.locator("#reply-refused")
    expect(refusal).to_be_focused()
    board.keyboard.type("hello, a d s x")
    expect(board.locator("#dialog")).not_to_be_visible()
    expect(card).to_have_attribute("data-status", "new")
    board.locator(".beside .guest-facts").click()
    board.keyboard.type("hx")
    expect(board.locator("#dialog")).not_to_be_visible()
    board.keyboard.press("Escape")
    expect(board.locator("#beside")).not_to_be_visible()


def test_what_is_typed_while_the_reply_box_is_on_its_way_is_kept_for_it(
    board: Page, server: Server
) -> None:
    ask_for(server, "304")
    card = board.locator('.card[data-room="304"]')
    card.locator(".what a").focus()
    on_the_way: list[Route] = []
    pk = card.get_attribute("id").removeprefix("request-")
    board.route(f"**/requests/{pk}/", lambda route: on_the_way.append(route))
    with board.expect_request(f"**/requests/{pk}/"):
        board.keyboard.press("m")
    board.keyboard.type("hello")
    on_the_way.pop().continue_()
    expect(board.locator("#reply-text")).to_have_value("hello")
    expect(board.locator("#reply-text")).to_be_focused()
    expect(card).to_have_attribute("data-status", "new")


def test_a_room_and_words_typed_at_one_go_find_their_boxes(board: Page, server: Server) -> None:
    board.keyboard.press("n")
    board.keyboard.type("210 two extra pillows")
    expect(board.locator("#new-room")).to_have_value("210")
    expect(board.locator("#new-words")).to_have_value("two extra pillows")
    expect(board.locator("#becomes")).to_contain_text("2")


def test_on_a_telephone_what_somebody_takes_is_a_tap_away(
    chromium: Chromium, server: Server
) -> None:
    for room in ("401", "402", "403", "404", "405", "406"):  # more than a screen holds
        ask_for(server, room)
    context = chromium.new_context(viewport={"width": 390, "height": 700}, has_touch=True)
    session = Browser(server).back("bell").cookie("sessionid")
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/boards/bell/")
    expect(page.locator("#live")).to_have_text("Live")
    card = page.locator('.card[data-room="401"]')
    before = int(page.locator('[data-tab="in-hand"]').inner_text())
    card.get_by_role("button", name="Accept").tap()
    expect(page.locator('[data-tab="in-hand"]')).to_have_text(str(before + 1))
    expect(page.locator("#toasts")).to_contain_text("Yours now: 401 · Luggage help")
    expect(card).not_to_be_in_viewport()
    page.locator("#toasts").get_by_role("link", name="Show").tap()
    expect(card).to_be_in_viewport()
    # Gone with what it spoke of, so that it covers nothing.
    card.get_by_role("button", name="On my way").tap()
    expect(page.locator("#toasts")).to_have_text("")
    page.locator(".lane-tabs").get_by_role("link", name="New").tap()
    expect(page.locator("#lane-new")).to_be_in_viewport()
    context.close()


def test_keys_act_on_what_is_shown_open_and_on_nothing_else(board: Page, server: Server) -> None:
    for room in ("105", "106", "107"):
        ask_for(server, room)
    first, second = (board.locator(f'.card[data-room="{room}"]') for room in ("105", "106"))
    expect(second).to_be_visible()
    first.click()
    expect(board.locator("#talk-title")).to_have_text("Luggage help")
    board.keyboard.press("x")
    board.get_by_role("button", name="Asked twice").click()
    expect(first).to_have_count(0)
    expect(board.locator(".talk-room b")).to_have_text("105")
    expect(board.locator(".talk-head")).to_contain_text("Cancelled: Asked twice")
    expect(board.locator(".card[aria-current]")).to_have_count(0)
    board.keyboard.press("a")  # of the cancelled one, which is shown: refused
    expect(board.locator("#toasts")).to_contain_text("That is not possible now")
    board.keyboard.press("i")
    expect(board.locator("#dialog")).to_contain_text("105")
    board.keyboard.press("Escape")
    expect(second).to_have_attribute("data-status", "new")
    board.keyboard.press("j")  # on from where it was
    expect(second).to_have_attribute("aria-current", "true")
    expect(board.locator(".talk-room b")).to_have_text("106")
    board.keyboard.press("a")
    expect(second).to_have_attribute("data-status", "accepted")
    expect(board.locator('.card[data-room="107"]')).to_have_attribute("data-status", "new")


def test_a_card_a_colleague_closes_hands_its_keys_to_no_other(board: Page, server: Server) -> None:
    for room in ("108", "109"):
        ask_for(server, room)
    first, second = (board.locator(f'.card[data-room="{room}"]') for room in ("108", "109"))
    expect(second).to_be_visible()
    first.locator(".what a").focus()
    board.keyboard.press("Escape")
    pk = first.get_attribute("id").removeprefix("request-")
    Browser(server).back("bell").post(f"/requests/{pk}/cancel/", reason="Twice")
    expect(first).to_have_count(0)
    board.keyboard.press("a")
    board.keyboard.press("d")
    expect(board.locator("#dialog")).not_to_be_visible()
    expect(second).to_have_attribute("data-status", "new")


def test_offline_is_said_plainly_and_the_cards_step_back(board: Page, server: Server) -> None:
    ask_for(server, "205")
    card = board.locator('.card[data-room="205"]')
    expect(card).to_be_visible()
    board.context.set_offline(True)
    board.evaluate("dispatchEvent(new Event('offline'))")
    expect(board.locator("html")).to_have_attribute("data-live", "offline")
    card.get_by_role("button", name="Accept").click()
    expect(board.locator("#toasts")).to_have_text("You are offline; this was not sent.")
    assert float(board.locator("#lanes").evaluate("el => getComputedStyle(el).opacity")) < 1
    board.context.set_offline(False)


def test_what_became_of_a_new_request_is_said_where_its_card_is_not(
    board: Page, server: Server
) -> None:
    board.keyboard.press("n")
    board.keyboard.type("206")
    board.keyboard.press("Tab")
    board.keyboard.type("2 blankets")
    expect(board.locator("#becomes")).to_contain_text("Housekeeping")
    board.keyboard.press("Enter")
    expect(board.locator("#toasts")).to_contain_text("206: 2 blankets → Housekeeping by")


def test_a_telephone_opens_a_card_anywhere_and_done_brings_no_keyboard(
    chromium: Chromium, server: Server
) -> None:
    ask_for(server, "302")
    context = chromium.new_context(
        viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    session = Browser(server).back("bell").cookie("sessionid")
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/boards/bell/")
    expect(page.locator(".board-name")).to_be_in_viewport()
    expect(page.locator('.side [aria-current="page"]')).to_be_in_viewport(ratio=1)
    card = page.locator('.card[data-room="302"]')
    pk = card.get_attribute("id").removeprefix("request-")
    Browser(server).back("bell").post(f"/requests/{pk}/accept/")
    card.get_by_role("link", name="Done").tap()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What was done")).to_be_visible()
    expect(dialog.get_by_label("What was done")).not_to_be_focused()
    expect(dialog.get_by_role("button", name="Done")).to_be_in_viewport(ratio=1)
    dialog.get_by_role("button", name="Close").tap()
    card.tap(position={"x": 120, "y": 16})  # beside the room, far from the title's words
    page.wait_for_url(f"{server.url}/requests/{pk}/")
    context.close()


def test_what_arrives_under_a_finger_waits_until_it_is_lifted(board: Page, server: Server) -> None:
    ask_for(server, "408")
    card = board.locator('.card[data-room="408"]')
    card.get_by_role("button", name="Accept").hover()
    board.mouse.down()
    ask_for(server, "409")
    board.wait_for_timeout(200)
    expect(board.locator('.card[data-room="409"]')).to_have_count(0)
    board.mouse.up()
    expect(card).to_have_attribute("data-status", "accepted")
    expect(board.locator('.card[data-room="409"]')).to_have_attribute("data-status", "new")


def test_lanes_scroll_by_themselves_below_headings_that_stay(board: Page, server: Server) -> None:
    for room in ("201", "202", "203", "204", "205", "206"):
        ask_for(server, room)
    cards = board.locator('[data-lane="new"] .cards')
    expect(cards.locator('[data-room="206"]')).to_be_attached()
    cards.evaluate("el => { el.scrollTop = el.scrollHeight; }")
    expect(board.locator("#lane-new")).to_be_in_viewport(ratio=1)
    expect(board.locator("#lane-waiting")).to_be_in_viewport(ratio=1)
    assert cards.evaluate("el => el.scrollTop") > 0
    cards.locator(".what a").last.click()
    expect(board.locator("#beside")).to_be_visible()
    tops = {lane.bounding_box()["y"] for lane in board.locator("section.lane h2:visible").all()[:3]}
    assert len(tops) == 1, "three lanes side by side, with the conversation open"


def test_signing_out_elsewhere_leads_to_the_sign_in_page(board: Page, server: Server) -> None:
    Browser(server).back("bell").sign_out()
    # The page goes there by itself, or is sent there by its next request: whichever is sooner.
    there = re.compile(r"/sign-in/\?next=(%2F|/)boards(%2F|/)bell(%2F|/)$")
    expect(board).to_have_url(there, timeout=30_000)


def test_a_warning_comes_by_itself_sounds_and_a_tap_tells_the_guest_another_time(
    board: Page, server: Server
) -> None:
    """The whole way: a step of the ladder, the clock, the socket, the card, the ledger."""
    board.evaluate("sound.late = () => { document.body.dataset.sounded = 'late' }")
    supervisor = Browser(server).back("supervisor")
    soon = {"amount": "1", "unit": "share", "anchor": "promise", "whom": "desk", "by": "board"}
    assert supervisor.post("/house/warnings/new/", **soon) == 200
    assert supervisor.post("/house/warnings/drafts/on/") == 200
    text_from(KARI, server, "a porter for my luggage, the green suitcase please")
    card = board.locator('.card[data-room="305"]').filter(has_text="the green suitcase")
    expect(card).to_have_attribute("data-status", "new")
    promised = card.locator("time").inner_text()
    expect(card).to_have_attribute("data-warned", "desk", timeout=30_000)
    expect(card.locator(".tags")).to_contain_text("The desk is asked to look")
    expect(board.locator("body")).to_have_attribute("data-sounded", "late")
    offer = card.locator(".new-times button").first
    time = (offer.text_content() or "").strip()
    offer.click()
    expect(card.locator("time")).to_have_text(f"promised {time}")
    assert promised != f"promised {time}"
    expect(card).not_to_have_attribute("data-warned", "desk")
    card.locator(".what a").click()
    ledger = board.locator(".ledger li")
    expect(ledger).to_have_count(2)
    expect(ledger.first).to_contain_text("moved in time")
    expect(ledger.last).to_contain_text("in time · Joonas M.: Offered on the card")
    expect(board.locator(".thread .us").last).to_contain_text(time)
