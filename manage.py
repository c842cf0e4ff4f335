#!/usr/bin/env python
"""Django's command line for Concierge."""

import gc
import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        # What is made while starting is kept; looking for garbage in it is a tenth of the start.
        # `serve` turns the collector on again once its doors are open.
        gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
