"""Where the processes of a machine keep their counters, so that /metrics of any adds them up.

They share a port: a scrape reaches whichever answers, and a worker has no port at all.
"""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path


def share_counters(data_dir: Path) -> None:
    """Before prometheus_client is imported, which reads its setting then. Files of those who have
    gone are kept, so that a counter does not go back at a restart; where nobody is left, anew."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return
    folder = data_dir / "metrics" / f"{socket.gethostname()}{_process_space()}"
    folder.mkdir(parents=True, exist_ok=True)
    files = list(folder.glob("*.db"))
    if not any(_lives(path) for path in files):
        for path in files:
            path.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _process_space() -> str:
    """Containers number their processes each for itself, and may share a folder."""
    try:
        return "-" + re.sub(r"\D", "", os.readlink("/proc/self/ns/pid"))
    except OSError:
        return ""


def _lives(path: Path) -> bool:
    found = re.search(r"_(\d+)\.db$", path.name)
    if found is None:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True
