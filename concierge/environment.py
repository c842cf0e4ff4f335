"""Settings from the environment and ``.env``: typed, and every wrong one named at once.

environs does this too, but its marshmallow alone is a fifteenth of our whole start (measured); the
parsing of addresses is left to the libraries it uses itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

T = TypeVar("T")

TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
FALSE = frozenset({"0", "false", "no", "off", "f", "n"})


class Environment:
    """Reads names; what cannot be read is gathered and told by ``check``. Empty means not set."""

    def __init__(self, dotenv: Path) -> None:
        kept = dotenv_values(dotenv) if dotenv.is_file() else {}
        self.values = {**kept, **os.environ}
        self.wrong: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name) or default

    def yes(self, name: str, default: bool) -> bool:
        word = self.text(name).lower()
        if word and word not in TRUE | FALSE:
            self.wrong.append(f"{name} must be true or false, not {word!r}.")
        return word in TRUE if word else default

    def number(self, name: str, default: int) -> int:
        """A whole number above 0."""
        word = self.text(name, str(default))
        if not word.isdecimal() or not int(word):
            self.wrong.append(f"{name} must be a whole number above 0, not {word!r}.")
            return default
        return int(word)

    def names(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name) or default)

    def database(self, name: str) -> dict[str, Any]:
        """A database's address as Django's settings; nothing where there is none."""
        return self._parsed(name, "", lambda url: dict(dj_database_url.parse(url)) if url else {})

    def email(self, name: str, default: str) -> dict[str, Any]:
        found = self._parsed(name, default, lambda url: dict(dj_email_url.parse(url)))
        if found and "EMAIL_BACKEND" not in found:
            known = ", ".join(sorted(dj_email_url.SCHEMES))
            self.wrong.append(f"{name} must begin with one of: {known}.")
        return found

    def _parsed(
        self, name: str, default: str, parse: Callable[[str], dict[str, Any]]
    ) -> dict[str, Any]:
        try:
            return parse(self.text(name, default))
        except Exception as error:  # whatever a library makes of a wrong address
            self.wrong.append(f"{name} cannot be understood: {error}.")
            return {}

    def check(self) -> None:
        """Raises ImproperlyConfigured with a sentence for each setting that is wrong."""
        if self.wrong:
            raise ImproperlyConfigured(" ".join(self.wrong))
