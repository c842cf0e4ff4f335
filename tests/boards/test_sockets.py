"""Boards' sockets on a real server: who may look, what they are told, and when they end."""

from __future__ import annotations

import re

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.boards.browsing import PATIENCE_SECONDS, Browser
from tests.conftest import EMILY
from tests.serving import Server

pytestmark = pytest.mark.services


def frame(socket: ClientConnection) -> str:
    """The next frame that is no heartbeat."""
    while True:
        text = str(socket.recv(timeout=PATIENCE_SECONDS))
        if 'data-kind="heartbeat"' not in text:
            return text


def closed_with(socket: ClientConnection) -> int | None:
    try:
        while True:
            socket.recv(timeout=PATIENCE_SECONDS)
    except ConnectionClosed as ending:
        return ending.rcvd.code if ending.rcvd else None


def test_a_board_is_told_at_once_what_another_person_does(server: Server) -> None:
    desk, bell = Browser(server).back("front-desk"), Browser(server).back("bell")
    with (
        desk.socket("front-desk") as mine,
        bell.socket("bell") as theirs,
        bell.socket("all") as all_,
    ):
        wholes = [frame(socket) for socket in (mine, theirs, all_)]
        assert [re.match(r'<live-frame data-kind="(\w+)"', w)[1] for w in wholes] == [
            "snapshot"
        ] * 3
        desk.get("/boards/front-desk/")
        assert desk.post("/requests/new/", room="305", service="luggage") == 200
        told = [frame(socket) for socket in (mine, theirs, all_)]
        cards = [re.findall(r"<article.*?</article>", f, re.S) for f in told]
        assert cards[0] == []
        assert (len(cards[1]), cards[1] == cards[2]) == (1, True)
        assert cards[1][0] in bell.get("/boards/bell/")
        assert 'data-count="bell">1</span>' in told[0]
        pk = re.search(r'id="request-(\d+)"', cards[1][0])[1]
        bell.get("/boards/bell/")
        bell.post(f"/requests/{pk}/transfer/", desk="front-desk")
        assert 'data-desk="front-desk"' in frame(mine)
        assert f'<i data-gone="request-{pk}"></i>' in frame(theirs)


def test_without_a_session_a_socket_is_closed_and_told_why(server: Server) -> None:
    with Browser(server).socket("all") as socket:
        assert closed_with(socket) == 4401


def test_an_unknown_desk_is_closed_and_told_why(server: Server) -> None:
    with Browser(server).back("bell").socket("spa") as socket:
        assert closed_with(socket) == 4404


def test_a_foreign_origin_is_refused(server: Server) -> None:
    cookie = Browser(server).back("bell").cookie("sessionid")
    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"{server.sockets_url}/ws/boards/all/",
            origin="https://evil.example",  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={cookie}"},
        )
    assert refused.value.response.status_code == 403


def test_signing_out_ends_this_sessions_sockets_and_no_others(server: Server) -> None:
    here, there = Browser(server).sign_in("bell"), Browser(server).sign_in("bell")
    with here.socket("bell") as mine, there.socket("bell") as other:
        frame(mine), frame(other)
        here.get("/boards/bell/")
        here.post("/sign-out/")
        assert closed_with(mine) == 4401
        there.get("/boards/bell/")
        assert there.post("/requests/new/", room="305", service="luggage") == 200
        assert "Luggage" in frame(other)
    with here.socket("bell") as again:
        assert closed_with(again) == 4401


def test_a_text_reaches_the_board(server: Server) -> None:
    with Browser(server).back("housekeeping").socket("housekeeping") as socket:
        frame(socket)
        form = {"MessageSid": "SM1", "From": EMILY, "To": "+12025550100", "Body": "2 towels please"}
        assert server.post_signed("/twilio/messages/", form)[0] == 200
        card = frame(socket)
        assert ("2 bath towels" in card, 'data-room="207"' in card) == (True, True)
