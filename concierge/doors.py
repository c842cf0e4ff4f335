"""The port we serve at: whether it is free, and what to say where it is not."""

from __future__ import annotations

import socket


def is_taken(host: str, port: int) -> bool:
    """Whether somebody else listens there; asked before minutes of preparing, and not after."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            door.bind((host, port))
        except OSError:
            return True
    return False


def taken_sentence(host: str, port: int) -> str:
    return f"Port {port} on {host} is taken. Choose another: make run PORT={port + 1}"
