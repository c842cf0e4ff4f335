"""``python -m tests.check_site``: migrations, translations and the deployment, for `make check`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from tests.prepare import prepare_gettext
from tests.serving import ROOT, environment

LANGUAGES = ("tr", "fi", "ar")
SOURCES = ("concierge", "requests_app", "staff", "templates")
SHOWN = 20

PRODUCTION = {
    "PUBLIC_URL": "https://hotel.example",
    "DATABASE_URL": "postgres://concierge@127.0.0.1:5432/concierge",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "x" * 25 + "".join(map(chr, range(33, 83))),
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0" * 32,
    "EMAIL_URL": "smtp://mail.example:25",
}
"""As a hotel sets it; nothing is connected to."""


def manage(folder: Path, *arguments: str, cwd: Path = ROOT, **env: str) -> str | None:
    """Runs a management command; what it said, if it failed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment(folder, **{"PYTHONPATH": str(cwd), **env}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return None if done.returncode == 0 else done.stdout + done.stderr


def check_migrations(folder: Path) -> str | None:
    return manage(folder, "makemigrations", "--check", "--dry-run")


def check_deployment(folder: Path) -> str | None:
    return manage(folder, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)


def check_translations(folder: Path) -> str | None:
    """Every sentence a person reads, in every language we ship: none missing, none guessed."""
    if problem := prepare_gettext():
        return problem
    tree = folder / "tree"
    for name in SOURCES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tree)
    options = [option for code in LANGUAGES for option in ("--locale", code)]
    if problem := manage(
        folder, "makemessages", *options, "--no-obsolete", "--add-location", "file", cwd=tree
    ):
        return problem
    return "\n".join(line for code in LANGUAGES for line in untranslated(tree, code)) or None


def untranslated(tree: Path, code: str) -> Iterator[str]:
    entries = polib.pofile(str(tree / f"concierge/locale/{code}/LC_MESSAGES/django.po"))
    missing = [entry for entry in entries if not entry.translated()]
    for entry in missing[:SHOWN]:
        where = ", ".join(file for file, _line in entry.occurrences)
        what = "is a guess" if entry.fuzzy else "is not translated"
        yield f"{code}: {entry.msgid!r} {what} ({where})"
    if len(missing) > SHOWN:
        yield f"{code}: and {len(missing) - SHOWN} more of {len(entries)}"


CHECKS = {
    "migrations": check_migrations,
    "translations": check_translations,
    "deployment": check_deployment,
}


def main() -> int:
    failed = False
    for name in sys.argv[1:] or CHECKS:
        with tempfile.TemporaryDirectory(prefix="concierge-check-") as folder:
            problem = CHECKS[name](Path(folder))
        print(f"{name}: {'all is well' if problem is None else 'NOT GOOD'}", flush=True)  # noqa: T201
        if problem is not None:
            print(problem, flush=True)  # noqa: T201
            failed = True
    return int(failed)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main())
