"""A picture as it may be kept: decoded, turned upright and written anew. No Django here.

Nothing of the file that came in survives but its pixels: no EXIF (place, device, time), no comment, no second picture
behind the first, no script that a browser could find in it.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

# A phone's photograph has 12 to 50 million pixels. JPEG is decoded smaller at once, PNG only whole.
MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 20_000_000}
LONG_SIDE = 2_560
THUMBNAIL_SIDE = 320
QUALITY = 88

Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())

# Whatever the decoder trips over, the answer is the same.
_REFUSED = (
    OSError,
    ValueError,
    SyntaxError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class NotAPictureError(Exception):
    """These bytes are no JPEG or PNG picture that can be read whole."""


class TooManyPixelsError(NotAPictureError):
    """Reading it would take too much memory; said from the header, before anything is decoded."""


@dataclass(frozen=True)
class Kept:
    """JPEG bytes without metadata; sizes in pixels; ``sha256`` of ``image`` in hexadecimal."""

    image: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.image).hexdigest()


def re_encode(data: bytes) -> Kept:
    """Read a JPEG or PNG by its content (a name or a type is never believed) and write it as JPEG.

    At most 2,560 pixels on the long side. Raises ``NotAPictureError``.
    """
    try:
        with Image.open(BytesIO(data), formats=tuple(MAX_PIXELS)) as opened:
            _check_pixels(opened)
            opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
            picture = _on_white(upright)
    except NotAPictureError:
        raise
    except _REFUSED as error:
        is_bomb = isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning)
        raise (TooManyPixelsError if is_bomb else NotAPictureError) from error
    image = _jpeg(picture)
    size = picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Kept(image, _jpeg(picture), *size)


def _check_pixels(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS.get(opened.format or "", MAX_PIXELS["JPEG"]):
        raise TooManyPixelsError


def _on_white(picture: Image.Image) -> Image.Image:
    """Three colours, what was transparent as white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    opaque = picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(opaque, mask=opaque.getchannel("A"))
    return white


def _jpeg(picture: Image.Image) -> bytes:
    """A fresh picture of the pixels alone, so that nothing the decoder remembered is written."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
