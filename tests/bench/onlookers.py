"""``python -m tests.bench.onlookers PORT COUNT COOKIE PATH…``: so many boards, over the paths.

They take what they are sent and throw it away: what a browser does with it is not of this machine.
Prints a line once all have their first frame, and the bytes that came once its input ends.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from itertools import cycle, islice

from tests.bench.client import HOST
from tests.bench.sockets import PONG, handshake

PONG_SECONDS = 10
"""Without being asked: to look for the question would be to read what came."""


class Onlookers:
    def __init__(self, port: int, count: int, cookie: str, paths: list[str]) -> None:
        self.selector = selectors.DefaultSelector()
        self.room = bytearray(1 << 20)
        self.bytes_read = 0
        self.heard: set[int] = set()
        self.boards: list[socket.socket] = []
        for path in islice(cycle(paths), count):
            board = socket.create_connection((HOST, port))
            board.sendall(handshake(path, cookie))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += board.recv(1)
            if not head.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(head.decode("latin1"))
            board.setblocking(False)
            self.boards.append(board)
            self.selector.register(board, selectors.EVENT_READ)

    def look(self, seconds: float) -> bool:
        """Take what there is. False once nobody wants us to look any more."""
        for key, _events in self.selector.select(seconds):
            board = key.fileobj
            if not isinstance(board, socket.socket):
                return False
            taken = board.recv_into(self.room)
            if not taken:
                raise ConnectionError("a board was closed")
            self.bytes_read += taken
            self.heard.add(board.fileno())
        return True

    def pong(self) -> None:
        for board in self.boards:
            board.send(PONG)


def main() -> None:
    port, count, cookie, *paths = sys.argv[1:]
    onlookers = Onlookers(int(port), int(count), cookie, paths)
    while len(onlookers.heard) < len(onlookers.boards):
        onlookers.look(1)
    print("all look", flush=True)  # noqa: T201
    onlookers.selector.register(sys.stdin, selectors.EVENT_READ)
    next_pong = time.monotonic() + PONG_SECONDS
    while onlookers.look(1):
        if time.monotonic() > next_pong:
            onlookers.pong()
            next_pong = time.monotonic() + PONG_SECONDS
    print(onlookers.bytes_read, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
