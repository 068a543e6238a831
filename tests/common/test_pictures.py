"""Pictures of every depth and colour model look as they are meant to, or are refused; pixels are compared."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from common.pictures import (
    HighDynamicRangeError,
    MovingPictureError,
    NotAPictureError,
    bare,
    on_white,
    read,
)

SIDE = 4
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def png(depth: int, kind: int, rows: list[bytes], *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand, for what the library does not write. ``kind``: 0 grey, 2 RGB, 3 palette, 4 grey+alpha, 6 RGBA."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", SIDE, len(rows), depth, kind, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(*one) for one in chunks)
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def seen(data: bytes) -> list[tuple[int, int, int]]:
    """The first row as it is kept: eight bits of red, green and blue, what is see-through on white."""
    picture = on_white(bare(read(data, long_side=100)))
    assert picture.mode == "RGB"
    return pixels(picture)[: picture.width]


def pixels(picture: Image.Image) -> list[tuple[int, int, int]]:
    raw = picture.tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3)]


def grey(*values: int) -> list[tuple[int, int, int]]:
    return [(value, value, value) for value in values]


RAMP = words(0, 0x4000, 0x8000, 0xFFFF)
CLEAR = (b"tRNS", words(0x8000))
PNGS: dict[str, tuple[bytes, list[tuple[int, int, int]]]] = {
    "1 bit": (png(1, 0, [b"\x50"]), grey(0, 255, 0, 255)),
    "1 bit with clear black": (png(1, 0, [b"\x50"], (b"tRNS", words(0))), grey(255, 255, 255, 255)),
    "2 bits": (png(2, 0, [b"\x1b"]), grey(0, 85, 170, 255)),
    "4 bits": (png(4, 0, [b"\x05\xaf"]), grey(0, 85, 170, 255)),
    "8 bits": (png(8, 0, [bytes((0, 85, 170, 255))]), grey(0, 85, 170, 255)),
    "8 bits with a clear grey": (png(8, 0, [bytes((0, 85, 170, 255))], (b"tRNS", words(85))), grey(0, 255, 170, 255)),
    "16 bits": (png(16, 0, [RAMP]), grey(0, 64, 128, 255)),
    "16 bits with a clear grey": (png(16, 0, [RAMP], CLEAR), grey(0, 64, 255, 255)),
    "16 bits and alpha": (png(16, 4, [words(0, 0xFFFF, 0, 0, 0x8000, 0xFFFF, 0, 0)]), grey(0, 255, 128, 255)),
    "8 bits and alpha": (png(8, 4, [bytes((0, 255, 0, 0, 100, 255, 0, 0))]), grey(0, 255, 100, 255)),
    "16 bits of colour": (
        png(16, 2, [words(0xFFFF, 0, 0, 0, 0xFFFF, 0, 0, 0, 0xFFFF, 0x8000, 0x8000, 0x8000)]),
        [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)],
    ),
    "16 bits of colour with a clear one": (
        png(16, 2, [words(*(0xFFFF, 0, 0) * 2, *(0, 0, 0xFFFF) * 2)], (b"tRNS", words(0xFFFF, 0, 0))),
        [WHITE, WHITE, (0, 0, 255), (0, 0, 255)],
    ),
    "16 bits of colour and alpha": (
        png(16, 6, [words(*(0xFFFF, 0, 0, 0xFFFF) * 2, *(0, 0, 0, 0) * 2)]),
        [(255, 0, 0), (255, 0, 0), WHITE, WHITE],
    ),
    "a palette": (
        png(2, 3, [b"\x1b"], (b"PLTE", bytes((9, 9, 9, 255, 0, 0, 0, 255, 0, 0, 0, 255)))),
        [(9, 9, 9), (255, 0, 0), (0, 255, 0), (0, 0, 255)],
    ),
    "a palette with clear colours": (
        png(2, 3, [b"\x1b"], (b"PLTE", bytes((9, 9, 9, 255, 0, 0, 0, 255, 0, 0, 0, 255))), (b"tRNS", b"\x00\xff\x00")),
        [WHITE, (255, 0, 0), WHITE, (0, 0, 255)],
    ),
    "light as it is": (
        png(8, 0, [bytes((0, 55, 128, 255))], (b"gAMA", struct.pack(">I", 100_000))),
        grey(0, 127, 186, 255),
    ),
    "a gamma as usual": (
        png(8, 0, [bytes((0, 55, 128, 255))], (b"gAMA", struct.pack(">I", 45_455))),
        grey(0, 55, 128, 255),
    ),
}


def is_near(found: list[tuple[int, int, int]], meant: list[tuple[int, int, int]], by: int) -> bool:
    pairs = zip(found, meant, strict=True)
    return all(abs(one - other) <= by for left, right in pairs for one, other in zip(left, right, strict=True))


def test_png_of_every_depth_and_colour_model() -> None:
    wrong = {name: seen(data) for name, (data, meant) in PNGS.items() if not is_near(seen(data), meant, 1)}
    assert wrong == {}


def jpeg(picture: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0, **options)
    return out.getvalue()


def test_jpeg_of_every_colour_model() -> None:
    red = Image.new("RGB", (16, 16), (200, 30, 40))
    cases = {
        "RGB": (red, (200, 30, 40)),
        "grey": (Image.new("L", (16, 16), 77), (77, 77, 77)),
        "CMYK": (red.convert("CMYK"), (200, 30, 40)),
        "YCbCr": (red.convert("YCbCr"), (200, 30, 40)),
    }
    wrong = {
        name: seen(jpeg(one))[0]
        for name, (one, meant) in cases.items()
        if not is_near([seen(jpeg(one))[0]], [meant], 4)
    }
    assert wrong == {}


def profile(**primaries: object) -> bytes:
    """A matrix profile whose red and blue are swapped: nobody mistakes it for sRGB."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", data[128:132])[0]
    places = {bytes(data[132 + 12 * n : 136 + 12 * n]): 136 + 12 * n for n in range(count)}
    red, blue = places[b"rXYZ"], places[b"bXYZ"]
    data[red : red + 8], data[blue : blue + 8] = data[blue : blue + 8], data[red : red + 8]
    return bytes(data)


def test_a_profile_says_what_the_numbers_mean_and_a_broken_one_nothing() -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    assert is_near([seen(jpeg(red, icc_profile=profile()))[0]], [(0, 0, 255)], 12)
    assert is_near([seen(jpeg(red, icc_profile=b"nonsense"))[0]], [(255, 0, 0)], 4)
    out = BytesIO()
    Image.new("RGBA", (4, 1), (255, 0, 0, 0)).save(out, "PNG", icc_profile=profile())
    assert seen(out.getvalue()) == [WHITE] * 4


def test_every_way_a_camera_was_held() -> None:
    upright = Image.new("RGB", (32, 16), "white")
    upright.paste((255, 0, 0), (0, 0, 8, 8))
    ways = Image.Transpose
    stored = {1: None, 2: ways.FLIP_LEFT_RIGHT, 3: ways.ROTATE_180, 4: ways.FLIP_TOP_BOTTOM, 5: ways.TRANSPOSE}
    stored |= {6: ways.ROTATE_90, 7: ways.TRANSVERSE, 8: ways.ROTATE_270}
    for number, way in stored.items():
        exif = Image.Exif()
        exif[0x0112] = number
        shown = on_white(
            read(jpeg(upright if way is None else upright.transpose(way), exif=exif.tobytes()), long_side=99)
        )
        assert shown.size == (32, 16), number
        corners = pixels(shown)
        assert is_near([corners[3 * 32 + 3], corners[12 * 32 + 28]], [(255, 0, 0), WHITE], 12), number


def test_a_picture_that_moves_is_refused() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(MovingPictureError):
        read(out.getvalue(), long_side=10)


@pytest.mark.parametrize("transfer", [16, 18])
def test_a_picture_in_hdr_is_refused(transfer: int) -> None:
    with pytest.raises(HighDynamicRangeError):
        read(png(16, 0, [RAMP], (b"cICP", bytes((9, transfer, 0, 1)))), long_side=10)
    assert seen(png(16, 0, [RAMP], (b"cICP", bytes((1, 13, 0, 1))))) == grey(0, 64, 128, 255)


def test_numbers_with_a_point_are_refused() -> None:
    for form, mode in (("TIFF", "F"), ("TIFF", "I"), ("TIFF", "LAB")):
        out = BytesIO()
        Image.new(mode, (4, 4)).save(out, form)
        with pytest.raises(NotAPictureError):
            read(out.getvalue(), long_side=10)
