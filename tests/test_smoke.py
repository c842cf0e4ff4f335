import json
import re

from PIL import Image

from tests.serving import ROOT


def test_a_text_becomes_requests(hotel, text):
    from tests.conftest import EMILY

    message = text(EMILY, "2 towels and a toothbrush please, and the AC is dripping")
    assert [(r.desk.slug, r.service.slug, r.quantity) for r in message.caused.order_by("pk")] == [
        ("housekeeping", "towels", 2),
        ("housekeeping", "dental-kit", 1),
        ("engineering", "air-conditioning", None),
    ]


def test_staff_pages_can_be_put_on_a_home_screen(client, db):
    """Without that an iPhone shows no alerts."""
    page = client.get("/sign-in/").content.decode()
    (manifest,) = re.findall(r'rel="manifest" href="/static/([^"]+)"', page)
    folder = (ROOT / "templates" / "static" / manifest).parent
    known = json.loads((folder / manifest).read_text())
    assert known["display"] == "standalone"
    for icon in known["icons"]:
        with Image.open(folder / icon["src"]) as picture:
            assert "{}x{}".format(*picture.size) == icon["sizes"]
