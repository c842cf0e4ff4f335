"""A proxy as deploy/ ships it, before web processes: only addresses and certificates differ."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.serving import ROOT, free_port

HOST = "concierge.example"

WHOLE = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/concierge.conf;
}}
"""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of HOST, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "fullchain.pem", folder / "privkey.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, f"{old!r} is not in the shipped file any more"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(upstreams: Sequence[int]) -> Iterator[int]:
    """Yields the port on which it speaks TLS for HOST."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "No nginx: run `make test` as root on Debian, or install it yourself."
    folder = Path(tempfile.mkdtemp(prefix="concierge-nginx-"))
    folder.chmod(0o755)
    public, private = certificate(folder)
    secure, plain = free_port(), free_port()
    servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in upstreams)
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    (folder / "concierge.conf").write_text(
        changed(
            shipped,
            ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("/etc/ssl/concierge/fullchain.pem", str(public)),
            ("/etc/ssl/concierge/privkey.pem", str(private)),
            ("    server 127.0.0.1:8001 max_fails=0;", servers),
        )
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # its workers read our temporary folder
    (folder / "nginx.conf").write_text(user + WHOLE.format(folder=folder))
    process = subprocess.Popen([found, "-c", folder / "nginx.conf", "-p", folder])
    try:
        wait_for_port(secure, process, folder / "error.log")
        yield secure
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"the proxy did not start:\n{log.read_text()}")
