"""Pictures from telephones: judged by their content, and made anew, so that a kept one carries no
place, no camera and no code (pure)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from requests_app.errors import BadPicture

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 12_000_000
MAX_PIXELS = 50_000_000
"""Three bytes each while it is open: 150 MB at the most."""
LONGEST_SIDE = 2_000
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of our own making."""

    data: bytes
    width: int
    height: int


class PictureTooLarge(BadPicture):
    code = "picture-too-large"

    def __init__(self) -> None:
        super().__init__(
            _("The picture is too large (more than %(size)s MB), so it was left out.")
            % {"size": MAX_BYTES // 1_000_000}
        )


class TooManyPixels(BadPicture):
    """Small as a file, and larger than any telephone's photo once it is open."""

    code = "picture-too-many-pixels"

    def __init__(self) -> None:
        super().__init__(
            _("The picture has too many pixels (more than %(most)s million), so it was left out.")
            % {"most": MAX_PIXELS // 1_000_000}
        )


class NotAPicture(BadPicture):
    code = "not-a-picture"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The picture could not be read, so it was left out."
                " Photos as JPEG, PNG, WebP or HEIC work."
            )
        )


@cache
def _pillow() -> Any:
    """Imported when the first picture comes: it costs start time and memory."""
    import pillow_heif
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pillow_heif.register_heif_opener(thumbnails=False)
    return Image


def read_picture(file: IO[bytes], size: int) -> Picture:
    """A guest's picture, turned upright, at most LONGEST_SIDE, without anything but pixels.

    ``size`` is in bytes. Raises PictureTooLarge, TooManyPixels or NotAPicture; opens no more than
    the header of what is too large.
    """
    if size > MAX_BYTES:
        raise PictureTooLarge
    pillow = _pillow()
    try:
        with pillow.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPixels
            return _made_anew(image)
    except BadPicture:
        raise
    except (pillow.DecompressionBombError, pillow.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except Exception as error:  # decoders fail in every way there is; none may lose the words
        raise NotAPicture from error


def _made_anew(image: Image) -> Picture:
    from PIL import ImageOps

    pillow = _pillow()

    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decode no more than is kept
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clear = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    plain = pillow.new("RGB", clear.size, "white")  # a new one: nothing of the old one's info
    plain.paste(clear, mask=clear if clear.mode == "RGBA" else None)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), plain.width, plain.height)
