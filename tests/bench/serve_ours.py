"""``python -m tests.bench.serve_ours …``: ``manage.py serve`` (or ``web``, ``work``, where that is
said first), whose answers go to the simulator.

Texts must be signed, so Twilio's token is set; but nothing may leave this machine, and how quick
somebody's stand-in for Twilio is would be measured with it. All else is as ``make run`` has it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

from django.core.management import execute_from_command_line


def tell_commits(path: str) -> None:
    """Write down when each change was committed, on the clock that all processes share."""
    from requests_app import broadcast

    publish = broadcast._publish
    commits = Path(path).open("a", buffering=1)  # noqa: SIM115  (as long as the process)

    def publish_and_tell(message: dict[str, Any]) -> None:
        commits.write(f"{time.perf_counter()!r}\n")
        publish(message)

    broadcast._publish = publish_and_tell


def main() -> None:
    import django

    django.setup()
    from requests_app import outbox
    from requests_app.carriers.simulator import Simulator

    simulator = Simulator()
    outbox.carrier_of = lambda _message: simulator
    if "BENCH_COMMITS" in os.environ:
        tell_commits(os.environ["BENCH_COMMITS"])
    arguments = sys.argv[1:]
    if not arguments or arguments[0].startswith("-"):
        arguments.insert(0, "serve")
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main()
