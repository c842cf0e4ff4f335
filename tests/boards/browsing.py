"""A browser without a screen: cookies, forms and sockets, against a real server."""

from __future__ import annotations

import http.cookiejar
import urllib.parse
import urllib.request
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.serving import Server

PATIENCE_SECONDS = 60

_signed_in: dict[tuple[str, str], http.cookiejar.CookieJar] = {}
"""By server and person, until somebody signs out."""


class Browser:
    """Somebody's browser: keeps cookies, fills in forms."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def cookie(self, name: str) -> str:
        return next((c.value or "" for c in self.jar if c.name == name), "")

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=PATIENCE_SECONDS) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **form: str) -> int:
        form["csrfmiddlewaretoken"] = self.cookie("csrftoken")
        request = urllib.request.Request(
            self.server.url + path, urllib.parse.urlencode(form).encode(), {"HX-Request": "true"}
        )
        with self.opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return int(answer.status)

    def sign_in(self, local: str) -> Browser:
        self.get("/sign-in/")
        self.post("/sign-in/", email=f"{local}@demo.example", password="demo")
        return self

    def back(self, local: str) -> Browser:
        """Somebody who signed in before, in one more window: hashing a password takes its time."""
        known = _signed_in.get((self.server.url, local))
        if known is None:
            known = _signed_in[self.server.url, local] = Browser(self.server).sign_in(local).jar
        for cookie in known:
            self.jar.set_cookie(cookie)
        return self

    def sign_out(self) -> None:
        self.post("/sign-out/")
        _signed_in.clear()

    def socket(self, desk: str, **more: Any) -> ClientConnection:
        return connect(
            f"{self.server.sockets_url}/ws/boards/{desk}/",
            origin=self.server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={self.cookie('sessionid')}"},
            max_size=None,
            **more,
        )
