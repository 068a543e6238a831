"""A picture as it is meant to look, whatever its depth and colours: decoded whole, turned upright, eight bits of sRGB.

Read by its content; a name or a type is never believed. What cannot be shown right is refused.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageMath, ImageOps

# A phone's photograph has 12 to 50 million pixels. JPEG is decoded smaller at once, PNG only whole.
MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 20_000_000}
USUAL_GAMMA = 1 / 2.2
# Transfer functions of ITU-T H.273 that eight bits cannot hold: PQ and HLG.
_HDR = {16, 18}
_SRGB = ImageCms.createProfile("sRGB")

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


class MovingPictureError(NotAPictureError):
    """It has more than one picture, and which one is meant nobody knows."""


class HighDynamicRangeError(NotAPictureError):
    """Its brightness is beyond what eight bits hold; cut down it would look other than it is."""


def read(data: bytes, *, long_side: int) -> Image.Image:
    """RGB, or RGBA where parts are see-through, at most ``long_side`` pixels. Raises ``NotAPictureError``."""
    try:
        with Image.open(BytesIO(data), formats=tuple(MAX_PIXELS)) as opened:
            _check(opened, data)
            opened.draft("RGB", (long_side, long_side))
            picture = _in_eight_bits(ImageOps.exif_transpose(opened))
            picture.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
            return _in_srgb(picture, opened)
    except NotAPictureError:
        raise
    except _REFUSED as error:
        is_bomb = isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning)
        raise (TooManyPixelsError if is_bomb else NotAPictureError) from error


def bare(picture: Image.Image) -> Image.Image:
    """A fresh picture of the pixels alone, so that nothing the decoder remembered is written."""
    copy = Image.new(picture.mode, picture.size)
    copy.paste(picture)
    return copy


def on_white(picture: Image.Image) -> Image.Image:
    """Three colours, what was see-through as white."""
    if picture.mode == "RGB":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _check(opened: Image.Image, data: bytes) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS.get(opened.format or "", MAX_PIXELS["JPEG"]):
        raise TooManyPixelsError
    if opened.format != "PNG":
        return
    if getattr(opened, "is_animated", False):
        raise MovingPictureError
    header = data[: data.find(b"IDAT")]
    colours = header.find(b"cICP")
    if colours >= 0 and header[colours + 5 : colours + 6] and header[colours + 5] in _HDR:
        raise HighDynamicRangeError


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """L, RGB, CMYK as they are, with A where something is see-through; every other kind as one of these."""
    if picture.mode.startswith("I"):
        return _from_sixteen(picture)
    if picture.mode in {"L", "RGB", "CMYK"} and "transparency" not in picture.info:
        return picture.copy()
    clear = picture.info.get("transparency")
    if picture.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        picture.info["transparency"] = tuple(part >> 8 for part in clear)
    if picture.mode == "1":
        clear = None if clear is None else 255 * bool(clear)
        picture = picture.convert("L")
        if clear is not None:
            picture.info["transparency"] = clear
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _from_sixteen(picture: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight: white stays white."""
    clear = picture.info.get("transparency")
    whole = picture.convert("I")
    grey = _calculated(whole, lambda value: (value + 128) / 257)
    if not isinstance(clear, int):
        return grey
    seen = _calculated(whole, lambda value: (value != clear) * 255)
    return Image.merge("RGBA", (grey, grey, grey, seen))


def _calculated(picture: Image.Image, rule: Callable[[Any], Any]) -> Image.Image:
    made: Image.Image = ImageMath.lambda_eval(lambda of: of["convert"](rule(of["picture"]), "L"), picture=picture)
    return made


def _in_srgb(picture: Image.Image, opened: Image.Image) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    shown = _by_profile(colours, opened.info.get("icc_profile")) or _by_gamma(colours, opened)
    if alpha:
        shown.putalpha(alpha)
    return shown


def _by_profile(picture: Image.Image, profile: bytes | None) -> Image.Image | None:
    """The colours as the file's own profile means them; nothing where it has none that fits."""
    if not profile:
        return None
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, meant, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, *_REFUSED):
        return None


def _by_gamma(picture: Image.Image, opened: Image.Image) -> Image.Image:
    """A PNG may say how its numbers become light instead; sRGB is near enough to 1/2.2."""
    gamma = opened.info.get("gamma")
    shown = picture.convert("RGB")
    if not gamma or "srgb" in opened.info or abs(gamma - USUAL_GAMMA) < 0.02:
        return shown
    curve = [round(255 * (value / 255) ** (USUAL_GAMMA / gamma)) for value in range(256)]
    return shown.point(curve * 3)
