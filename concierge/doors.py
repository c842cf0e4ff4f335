"""The listening socket: opened, shared between processes, and closed without turning anyone away.

A kernel completes a connection before the process accepts it. Whoever has been let in so far when
the socket closes is hung up on, after they may have sent their request: a proxy does not repeat a
POST, so that would be a lost text. So the door is closed to new arrivals first, by a filter that
drops their first packet (Linux; they knock again after a second, at another process's door if the
port is shared), then everybody who is inside is accepted, and only then is the socket closed.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
import sys

BACKLOG = 1024
"""Connections that may wait to be accepted: after a restart everybody comes at once."""

_SO_ATTACH_FILTER = 26
_NO_FIRST_PACKETS = b"".join(
    struct.pack("HBBI", *step)
    for step in (
        (0x30, 0, 0, 13),  # the byte of TCP's flags
        (0x45, 0, 1, 0x02),  # SYN?
        (0x06, 0, 0, 0),  # dropped
        (0x06, 0, 0, 0xFFFF_FFFF),  # everything else passes
    )
)


def open_door(host: str, port: int, *, shared: bool) -> socket.socket:
    """Raises OSError where the port is taken. ``shared``: by any number of processes of ours, among
    which the kernel spreads new connections (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        door.setblocking(False)
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


def why_shut(host: str, port: int, error: OSError) -> str:
    """What to say where it could not be opened."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Choose another: make run PORT={port + 1}"
    return f"Port {port} on {host} cannot be had: {error.strerror}."


def let_nobody_in(door: socket.socket) -> None:
    """No new connection begins; those that have begun can still be accepted."""
    if sys.platform != "linux":
        return
    steps = ctypes.create_string_buffer(_NO_FIRST_PACKETS)
    program = struct.pack("HL", len(_NO_FIRST_PACKETS) // 8, ctypes.addressof(steps))
    door.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
