"""Tells whoever started us (systemd, ``Type=notify``) that the doors are open, and that they close.

So `systemctl restart` returns once the new process serves, and the next one can be restarted.
"""

from __future__ import annotations

import os
import socket


def tell_supervisor(state: str) -> None:
    """``READY=1`` or ``STOPPING=1``; nothing where nobody asked to be told (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.connect("\0" + address[1:] if address.startswith("@") else address)
        there.sendall(state.encode())
