"""Pictures from telephones: kept anew and bare, or refused with a sentence while the words stay."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from requests_app import photos
from requests_app.models import Photo
from tests.guest.conftest import asked, notices, picture

TOO_MANY_PIXELS = "The picture has too many pixels (more than 50 million), so it was left out."
TOO_LARGE = "The picture is too large (more than 12 MB), so it was left out."
NOT_ONE = (
    "The picture could not be read, so it was left out. Photos as JPEG, PNG, WebP or HEIC work."
)


def bomb() -> io.BytesIO:
    """A PNG of a few hundred bytes that says it is 50,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    file = io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    file.name = "bomb.png"
    return file


def named(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_pictures_are_known_by_their_content_and_made_anew_as_jpeg(hotel, phone, kind):
    photos._pillow()  # so that HEIF can be written here as well
    guest = phone()
    guest.send(words="the lamp is broken", photo=picture(kind, name="holiday.exe"))
    photo = Photo.objects.get()
    with Image.open(photo.file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (64, 48))
    assert (photo.width, photo.height, photo.request) == (64, 48, asked(hotel)[0])
    assert "holiday" not in photo.file.name
    assert f"photo/{photo.pk}/" in guest.shown()


def test_a_kept_picture_is_upright_at_most_2000_pixels_and_tells_nothing(hotel, phone):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture("JPEG", (3000, 1000), exif=exif, comment=b"somebody's words")
    phone().send(words="the lamp is broken", photo=sent)
    photo = Photo.objects.get()
    with Image.open(photo.file) as kept:
        assert kept.size == (667, 2000)
        assert dict(kept.getexif()) == {}
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"somebody" not in photo.file.open().read()


def test_what_is_clear_becomes_white_and_not_black(hotel, phone):
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    phone().send(words="look", photo=named(file.getvalue(), "clear.png"))
    with Image.open(Photo.objects.get().file) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: named(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"), NOT_ONE),
        (lambda: named(b"just words", "a.jpg"), NOT_ONE),
        (lambda: named(b"GIF89a" + b"\0" * 40, "a.gif"), NOT_ONE),
        (lambda: named(picture("JPEG", (400, 400)).getvalue()[:600], "cut.jpg"), NOT_ONE),
        (lambda: named(b"\xff" * 50_000_000, "large.jpg"), TOO_LARGE),
        (bomb, TOO_MANY_PIXELS),
    ],
    ids=["svg", "no picture", "gif", "cut off", "50 MB", "bomb"],
)
def test_a_picture_that_cannot_be_kept_is_refused_and_the_words_are_kept(
    hotel, phone, file, sentence
):
    guest = phone()
    for path, form in (("", {"words": "2 towels please"}), ("towels/", {"quantity": "2"})):
        answer = guest.send(path, photo=file(), **form)
        assert answer.status_code == 303
        assert notices(guest.client.get(answer["location"])) == [sentence]
    assert [(r.service.slug, r.quantity) for r in asked(hotel)] == [("towels", 2)] * 2
    assert Photo.objects.count() == 0

    alone = guest.send(photo=file())
    assert (alone.status_code, notices(alone), len(asked(hotel))) == (422, [sentence], 2)


def test_a_picture_without_words_goes_to_the_front_desk(hotel, phone):
    phone().send(photo=picture())
    assert [(r.desk.slug, r.kind, r.photos.count()) for r in asked(hotel)] == [
        ("front-desk", "unsorted", 1)
    ]


def test_every_desk_the_words_reach_gets_the_picture_in_a_file_of_its_own(hotel, phone):
    phone().send(words="2 towels please, and the AC is dripping", photo=picture())
    assert [r.photos.count() for r in asked(hotel)] == [1, 1]
    assert len({p.file.name for p in Photo.objects.all()}) == 2


def test_a_form_sent_twice_keeps_its_picture_once(hotel, phone):
    guest = phone()
    number = "6d4a1c6e-5a0e-4b52-9a51-0c4f9f6f2f11"
    for _ in range(2):
        guest.client.post(
            guest.address, {"submission": number, "words": "the lamp", "photo": picture()}
        )
    assert (len(asked(hotel)), Photo.objects.count()) == (1, 1)
