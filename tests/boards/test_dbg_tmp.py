import time, pytest
from tests.boards.test_in_chromium import board, ask_for
from tests.boards.browsing import Browser
from playwright.sync_api import expect
@pytest.mark.parametrize("n", range(3))
def test_it(board, server, n):
    logs=[]; t=time.time()
    room=str(401+n)
    board.on("console", lambda m: logs.append(f"{time.time()-t:.2f} {m.type} {m.text}"))
    board.on("request", lambda r: logs.append(f"{time.time()-t:.2f} {r.method} {r.url}"))
    board.on("websocket", lambda ws: (logs.append("ws open"), ws.on("close", lambda *_: logs.append("ws close"))))
    board.evaluate("document.getElementById('dialog').addEventListener('close', () => console.log('close'))")
    ask_for(server,room)
    card = board.locator(f'.card[data-room="{room}"]')
    pk = card.get_attribute("id").removeprefix("request-")
    colleague = Browser(server).sign_in("ravi.patel"); colleague.get("/boards/bell/")
    held=[]
    board.route("**/accept/", lambda r: held.append(r))
    card.get_by_role("button", name="Accept").click()
    colleague.post(f"/requests/{pk}/accept/")
    expect(card).to_have_attribute("data-status","accepted")
    held[0].continue_()
    expect(board.locator("#toasts")).to_contain_text("Ravi P. has this already.")
    board.keyboard.press("j")
    board.route("**/hold/", lambda r: (r.fulfill(status=403, content_type="text/html", body="<h1>Not for you</h1>") if r.request.method=="GET" else r.continue_()))
    board.keyboard.press("h")
    expect(board.locator("#toasts")).to_contain_text("Not for you")
    expect(board.locator("#dialog")).not_to_be_visible()
    board.unroute("**/hold/")
    board.context.clear_cookies()
    logs.append(f"{time.time()-t:.2f} press")
    board.keyboard.press("n")
    try: board.wait_for_url("**/sign-in/**", timeout=6000)
    finally: print("\n".join(logs), board.url)
