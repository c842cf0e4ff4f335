"""``python -m tests.prepare browser|contract|faketime|gettext|nginx``: what is needed from outside.

As root on Debian it is installed; elsewhere one sentence says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CONTRACT = ROOT / "tests" / "contract"
NODE_MODULES = ROOT / "var" / "contract"
"""Where npm's packages go: nothing is installed for the whole machine."""


def browser() -> str | None:
    """The system's Chromium, or Playwright's own; None where there is neither."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    caches = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
    for cache in caches:
        for program in ("chrome", "Chromium", "Google Chrome for Testing"):
            if owned := sorted(cache.glob(f"chromium-*/**/{program}")):
                return str(owned[-1])
    return None


def by_apt(packages: Sequence[str]) -> bool:
    """Whether they could be installed."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing {', '.join(packages)} …", flush=True)  # noqa: T201
    quiet = {"stdout": subprocess.DEVNULL}
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return (
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, **quiet).returncode == 0
        and subprocess.run(install, env=env, check=False, **quiet).returncode == 0
    )


def prepare_browser() -> str | None:
    if browser() is None:
        # Fonts, since a screenshot of Arabic in empty boxes proves nothing.
        by_apt(["chromium", "fonts-dejavu-core", "fonts-noto-core"])
    if browser() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if browser() is None:
        return "The browser tests need Chromium, which could not be installed: do it yourself."
    return None


def prepare_gettext() -> str | None:
    if shutil.which("xgettext") is None and not by_apt(["gettext"]):
        return "Comparing translations needs gettext: install it (Debian: apt install gettext)."
    return None


def prepare_nginx() -> str | None:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and not by_apt(["nginx-light"]):
        return "Proving the shipped proxy needs nginx: install it (Debian: apt install nginx)."
    return None


def faketime() -> Path | None:
    """The library that gives a process a clock of its own."""
    return next(iter(sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))), None)


def prepare_faketime() -> str | None:
    if faketime() is None and not by_apt(["libfaketime"]):
        return "Moving the clock needs libfaketime: install it (Debian: apt install libfaketime)."
    return None


def prepare_contract() -> str | None:
    """Twilio's OpenAPI file and the mock server, at the versions of package-lock.json."""
    if shutil.which("npm") is None:
        return "make contract needs Node 20 with npm."
    lock = (CONTRACT / "package-lock.json").read_bytes()
    stamp = NODE_MODULES / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock:
        return None
    NODE_MODULES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONTRACT / name, NODE_MODULES / name)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=NODE_MODULES,
        check=False,
    )
    if done.returncode != 0:
        return "npm could not install what the contract tests need."
    stamp.write_bytes(lock)
    return None


if __name__ == "__main__":
    things = {
        "browser": prepare_browser,
        "contract": prepare_contract,
        "faketime": prepare_faketime,
        "gettext": prepare_gettext,
        "nginx": prepare_nginx,
    }
    for thing in sys.argv[1:]:
        if problem := things[thing]():
            sys.exit(problem)
