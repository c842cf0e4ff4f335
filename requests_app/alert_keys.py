"""The hotel's own keys for alerts: with them we prove to push services who we are (RFC 8292).

Made once and kept in DATA_DIR, beside the secret key: a browser takes alerts of this key only.
Several machines share VAPID_PRIVATE_KEY.
"""

from __future__ import annotations

import base64
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


def private_key() -> Any:
    """A ``py_vapid.Vapid``. Made where there is none yet."""
    return _vapid(str(settings.DATA_DIR), settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """What a browser is told to trust: the uncompressed point in base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = private_key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@cache
def _vapid(data_dir: str, given: str) -> Any:
    from py_vapid import Vapid  # when it is needed: it costs start time

    if given:
        return Vapid.from_string(given)
    file = Path(data_dir) / "vapid-key"
    if not file.exists():
        _make(file)
    return Vapid.from_pem(file.read_bytes())


def _make(file: Path) -> None:
    """Whole or not at all, and of two processes that start at once the first wins."""
    from py_vapid import Vapid

    made = Vapid()
    made.generate_keys()
    handle, name = tempfile.mkstemp(dir=file.parent, prefix="vapid-key-")  # 0600
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(made.private_pem())
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
