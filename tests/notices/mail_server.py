"""A small SMTP server, over a real socket: it keeps what it takes, and misbehaves on demand."""

from __future__ import annotations

import email
import socketserver
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Mail
from threading import Thread


@dataclass
class MailServer:
    """``replies``: what it says to a command instead of yes, once each: ("RCPT", "550 no").
    An empty reply hangs up."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    replies: deque[tuple[str, str]] = field(default_factory=deque)


class Handler(socketserver.StreamRequestHandler):
    mail_server: MailServer

    def say(self, command: str, usual: str) -> bool:
        """Whether all is well."""
        replies = self.mail_server.replies
        if replies and replies[0][0] == command:
            usual = replies.popleft()[1]
        if usual:
            self.wfile.write(f"{usual}\r\n".encode())
        return usual[:1] in {"2", "3"}

    def handle(self) -> None:
        if not self.say("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline():
            command = line.decode().strip().split(" ")[0].upper()
            if command == "DATA":
                if not self.say("DATA", "354 go on"):
                    continue
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part.removeprefix(b".")
                replies = self.mail_server.replies
                hangs_up = bool(replies) and replies[0] == ("TAKEN", "")
                if hangs_up or not replies or replies[0][0] != "TAKEN":
                    self.mail_server.mails.append(email.message_from_bytes(content))
                if not self.say("TAKEN", "250 taken") and hangs_up:
                    return
            elif command == "QUIT":
                self.say("QUIT", "221 bye")
                return
            else:
                self.say(command, "250 ok")


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    mail_server = MailServer()
    handler = type("OneServersHandler", (Handler,), {"mail_server": mail_server})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    mail_server.port = int(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mail_server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
