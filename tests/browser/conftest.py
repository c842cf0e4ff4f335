"""A real Chromium, and the people who use it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.serving import Server

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def open_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own for each person; whatever its pages complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "en-GB"} | options)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in(open_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page of a member of staff: ``sign_in(url, "housekeeping", viewport=PHONE)``."""

    def enter(url: str, local: str, **options: Any) -> Page:
        page = open_context(**options).new_page()
        page.goto(f"{url}/sign-in/")
        page.get_by_label("E-mail address").fill(f"{local}@demo.example")
        page.get_by_label("Password").fill("demo")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        return page

    return enter


def token_of(server: Server, room: str) -> str:
    """What the QR code in a room carries."""
    with sqlite3.connect(server.database) as database:
        (token,) = database.execute(
            "SELECT token FROM requests_app_room WHERE number = ?", [room]
        ).fetchone()
    database.close()
    return str(token)


@pytest.fixture(scope="session")
def axe_script() -> str:
    """axe-core, as its Python package brings it."""
    import axe_playwright_python

    (script,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
    return script.read_text()
