"""What may be kept as a picture: only its pixels, written anew; everything else is refused, and quickly."""

import resource
import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from common.pictures import NotAPictureError, TooManyPixelsError
from sessions.pictures import LONG_SIDE, THUMBNAIL_SIDE, re_encode


def a_picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, options.pop("color", None)).save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(body or b"\0" * 1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_is_kept_as_jpeg_with_a_small_one(form: str) -> None:
    kept = re_encode(a_picture(form, (900, 600)))
    assert (opened(kept.image).format, opened(kept.image).size) == ("JPEG", (900, 600))
    assert max(opened(kept.thumbnail).size) == THUMBNAIL_SIDE
    assert (kept.width, kept.height, len(kept.sha256)) == (900, 600, 64)


def test_nothing_but_the_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Sentinelmaker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    data = a_picture(exif=exif.tobytes(), comment=b"Sentinelcomment", icc_profile=b"Sentinelprofile")
    assert b"Sentinel" in data

    kept = re_encode(data + b"Sentineltail <script>alert(1)</script>")

    for stored in (kept.image, kept.thumbnail):
        assert b"Sentinel" not in stored
        assert b"<script" not in stored
        assert not opened(stored).getexif()
        assert set(opened(stored).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(re_encode(a_picture(size=(60, 40), exif=exif.tobytes())).image).size == (40, 60)


def test_a_large_picture_is_made_smaller() -> None:
    kept = re_encode(a_picture(size=(6000, 4000)))
    assert (kept.width, kept.height) == (LONG_SIDE, round(LONG_SIDE * 2 / 3))


def test_what_is_transparent_is_white() -> None:
    kept = re_encode(a_picture("PNG", mode="RGBA", color=(0, 0, 0, 0)))
    assert opened(kept.image).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert opened(re_encode(a_picture("PNG", mode=mode)).image).mode == "RGB"


def test_four_colour_jpeg_is_read() -> None:
    assert opened(re_encode(a_picture(mode="CMYK")).image).mode == "RGB"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
NOT_PICTURES = {
    "nothing": b"",
    "SVG": SVG,
    "HTML": HTML,
    "HTML behind a PNG's first bytes": b"\x89PNG\r\n\x1a\n" + HTML,
    "HTML behind a JPEG's first bytes": b"\xff\xd8\xff\xe0" + HTML,
    "GIF": a_picture("GIF"),
    "BMP": a_picture("BMP"),
    "TIFF": a_picture("TIFF"),
    "WebP": a_picture("WEBP"),
    "PDF": b"%PDF-1.7\n%%EOF",
    "ZIP": b"PK\x03\x04" + b"\0" * 100,
    "a cut JPEG": a_picture(size=(400, 400), quality=95, color="red")[:-60],
    "a cut PNG": a_picture("PNG", (400, 400), color="red")[:-60],
    "a PNG with too few rows": png_header(4000, 4000, b"\0" * 100),
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_it_is_refused(name: str) -> None:
    with pytest.raises(NotAPictureError):
        re_encode(NOT_PICTURES[name])


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("tail", [SVG, HTML, b"PK\x03\x04", b"%PDF-1.7"])
def test_a_file_that_is_two_things_leaves_only_its_picture(form: str, tail: bytes) -> None:
    kept = re_encode(a_picture(form) + tail)
    assert tail not in kept.image
    assert opened(kept.image).size == (60, 40)


def test_a_flood_of_pixels_is_refused_from_its_header(figure: Callable[[str, float], None]) -> None:
    data = png_header(50_000, 50_000)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()

    with pytest.raises(TooManyPixelsError):
        re_encode(data)

    took, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    figure("picture_bomb_ms", round(took * 1000, 1))
    figure("picture_bomb_rss_kb", grown)
    assert took < 1
    assert grown < 100_000


@pytest.mark.parametrize(("form", "side"), [("JPEG", 8000), ("PNG", 4600)])
def test_more_pixels_than_a_phone_takes_are_refused(form: str, side: int) -> None:
    with pytest.raises(TooManyPixelsError):
        re_encode(a_picture(form, (side, side), mode="L"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from(["JPEG", "PNG"]))
def test_any_damage_is_either_read_or_refused(damage: bytes, at: int, form: str) -> None:
    data = a_picture(form)
    try:
        kept = re_encode(data[:at] + damage + data[at + len(damage) :])
    except NotAPictureError:
        return
    assert kept.image.startswith(b"\xff\xd8\xff")
