"""``python -m tests.bench.serve_ours …``: ``manage.py serve``, whose answers go to the simulator.

Texts must be signed, so Twilio's token is set; but nothing may leave this machine, and how quick
somebody's stand-in for Twilio is would be measured with it. All else is as ``make run`` has it.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

from django.core.management import execute_from_command_line


def main() -> None:
    import django

    django.setup()
    from requests_app import outbox
    from requests_app.carriers.simulator import Simulator

    simulator = Simulator()
    outbox.carrier_of = lambda _message: simulator
    execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])


if __name__ == "__main__":
    main()
