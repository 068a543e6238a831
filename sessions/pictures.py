"""A picture as it may be kept: decoded, turned upright and written anew. No Django here.

Nothing of the file that came in survives but its pixels: no EXIF (place, device, time), no comment, no second picture
behind the first, no script that a browser could find in it.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image

from common.pictures import bare, on_white, read

LONG_SIDE = 2_560
THUMBNAIL_SIDE = 320
QUALITY = 88


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
    """Read a JPEG or PNG and write it as JPEG, at most 2,560 pixels on the long side. Raises ``NotAPictureError``."""
    picture = on_white(read(data, long_side=LONG_SIDE))
    image, size = _jpeg(picture), picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Kept(image, _jpeg(picture), *size)


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    bare(picture).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
