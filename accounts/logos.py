"""A logo as it may be kept: decoded, made small and written anew as PNG, so that nothing but its pixels is left."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from common.pictures import bare, read

# 45 mm of paper at 500 dots an inch.
LONG_SIDE = 900


@dataclass(frozen=True)
class Kept:
    """PNG bytes without metadata; sizes in pixels."""

    image: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.image).hexdigest()


def re_encode(data: bytes) -> Kept:
    """Read a JPEG or PNG; what is see-through stays so. Raises ``NotAPictureError``."""
    picture = bare(read(data, long_side=LONG_SIDE))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Kept(out.getvalue(), *picture.size)
