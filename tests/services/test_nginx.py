"""The shipped nginx file in front of two web processes: texts, boards, pictures, and a restart."""

from __future__ import annotations

import http.client
import io
import json
import re
import signal
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from PIL import Image
from websockets.sync.client import connect

from tests.services.proxied import HOST, nginx
from tests.services.several import Several
from tests.services.test_leaving import ACCOUNT
from tests.serving import free_port
from tests.webhooks.conftest import signature_of, text_form

pytestmark = pytest.mark.services

PUBLIC = f"https://{HOST}"
LARGEST_PICTURE = 12_000_000


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Visitor:
    """A browser at the public address, wherever that really is."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=trusting(), timeout=30
        )
        headers = {
            "Host": HOST,
            "Referer": f"{PUBLIC}{path}",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            **headers,
        }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {k: v.value for k, v in SimpleCookie(line).items()}
        connection.close()
        return answer, text

    def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer, text = self.ask("POST", path, urlencode(form).encode(), **kind, **headers)
        return answer.status, text

    def text(self, form: dict[str, str]) -> int:
        """As Twilio posts it: signed for the public address."""
        signature = signature_of(f"{PUBLIC}/twilio/messages/", form)
        return self.post("/twilio/messages/", form, **{"X-Twilio-Signature": signature})[0]

    def sign_in(self, local: str) -> None:
        _answer, page = self.ask("GET", "/sign-in/")
        form = {
            "csrfmiddlewaretoken": token_in(page),
            "email": f"{local}@demo.example",
            "password": "demo",
        }
        assert self.post("/sign-in/", form)[0] == 302


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def multipart(fields: dict[str, str], photo: bytes) -> tuple[bytes, str]:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in fields.items()
    ]
    head = b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
    whole = b"".join(
        [*parts, head, b"Content-Type: image/jpeg\r\n\r\n", photo, b"\r\n--edge--\r\n"]
    )
    return whole, "multipart/form-data; boundary=edge"


@pytest.fixture(params=["one port", "a port each"])
def behind(
    several: Callable[..., Several], request: pytest.FixtureRequest
) -> Iterator[tuple[Several, Visitor]]:
    """Two web processes: of one machine, and as on two."""
    here = several(**ACCOUNT, PUBLIC_URL=PUBLIC)
    here.web()
    here.web(port=here.port if request.param == "one port" else free_port())
    with nginx(sorted({web.port for web in here.webs})) as port:
        yield here, Visitor(port)


def test_texts_boards_and_large_pictures_pass(behind: tuple[Several, Visitor]) -> None:
    here, visitor = behind
    assert visitor.text(text_form("+12025550127", "2 towels please")) == 200
    assert visitor.post("/twilio/messages/", text_form("+12025550127", "unsigned"))[0] == 403
    assert visitor.ask("GET", "/metrics")[0].status == 403
    answer, page = visitor.ask("GET", "/sign-in/")
    assert (answer.status, "Secure" in answer.headers["Set-Cookie"]) == (200, True)

    visitor.sign_in("housekeeping")
    with connect(
        f"wss://{HOST}/ws/boards/all/",
        sock=socket.create_connection(("127.0.0.1", visitor.port)),
        ssl=trusting(),
        server_hostname=HOST,
        origin=PUBLIC,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"sessionid={visitor.cookies['sessionid']}"},
        max_size=None,
    ) as board:
        assert 'data-kind="snapshot"' in str(board.recv(timeout=20))
        assert visitor.text(text_form("+12025550112", "an iron please")) == 200
        frame = ""
        while "<article" not in frame:
            frame = str(board.recv(timeout=20))
        assert 'data-room="412"' in frame

    ((token,),) = here.rows("SELECT token FROM requests_app_room WHERE number = '305'")
    guest = Visitor(visitor.port)
    _answer, page = guest.ask("GET", f"/r/{token}/")
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 80, 40)).save(picture, "JPEG")
    heavy = picture.getvalue().ljust(LARGEST_PICTURE - 1, b"\0")
    form = {
        "csrfmiddlewaretoken": token_in(page),
        "submission": str(uuid4()),
        "words": "the lamp is broken",
    }
    body, kind = multipart(form, heavy)
    answer, _text = guest.ask("POST", f"/r/{token}/", body, **{"Content-Type": kind})
    assert answer.status in {200, 302, 303}
    assert here.rows("SELECT width, height FROM requests_app_photo") == [(64, 48)]


def test_a_web_process_restarts_behind_it_and_no_text_is_refused(
    behind: tuple[Several, Visitor],
) -> None:
    here, visitor = behind
    over, statuses = Event(), Counter[int]()

    def text() -> None:
        for n in range(4_000):
            if over.is_set():
                return
            statuses[visitor.text(text_form(f"+1202559{n:04d}", "2 towels please"))] += 1

    with ThreadPoolExecutor(1) as thread:
        texting = thread.submit(text)
        for web in list(here.webs):
            before = sum(statuses.values())
            assert web.stop(signal.SIGTERM) == 0
            here.start_again(web)
            while sum(statuses.values()) < before + 5 and not texting.done():
                over.wait(0.02)
        over.set()
        texting.result(timeout=30)
    assert set(statuses) == {200}


class Mirror(BaseHTTPRequestHandler):
    """Says which headers reached it."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def test_what_visitors_say_of_themselves_is_overwritten() -> None:
    mirror = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    thread = Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        with nginx([mirror.server_port]) as port:
            forged = {
                "X-Forwarded-For": "198.51.100.7",
                "X-Forwarded-Proto": "http",
                "X-Forwarded-Host": "evil.example",
                "Forwarded": "for=198.51.100.7",
                "X-Request-ID": "mine",
            }
            _answer, text = Visitor(port).ask("GET", "/", **forged)
    finally:
        mirror.shutdown()
        mirror.server_close()
        thread.join()
    reached = json.loads(text)
    assert (reached["X-Forwarded-For"], reached["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert re.fullmatch("[0-9a-f]{32}", reached["X-Request-ID"])
    assert not {"X-Forwarded-Host", "Forwarded"} & set(reached)
    assert reached["Host"] == HOST
