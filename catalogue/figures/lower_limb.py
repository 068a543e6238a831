"""The knee, the ankle and the foot."""

from catalogue.figures.curves import Point
from catalogue.figures.hands import finger
from catalogue.figures.sheets import RIGHT, Shape, Sheet, fold, line, segment, skin

_MID = 160


def _pair(shapes: tuple[Shape, ...], middle: float = _MID) -> tuple[Shape, ...]:
    return tuple(shape.at(middle) for shape in shapes)


# --- knees ---

_KNEE_OUTER = (
    (94, 34), (88, 84), (79, 134), (72, 174), (70, 206), (71, 238), (68, 262), (69, 300), (76, 352), (76, 400),
    (70, 456),
)  # fmt: skip
_KNEE_INNER = (
    (-92, 34), (-84, 84), (-78, 128), (-74, 164), (-69, 188), (-72, 218), (-71, 246), (-64, 276), (-64, 316),
    (-68, 366), (-64, 412), (-56, 456),
)  # fmt: skip

KNEE_FRONT = Sheet(
    code="knee-front",
    name="Knee, front",
    part="knee",
    view="front",
    width=640,
    height=470,
    shapes=_pair(
        (
            *segment(_KNEE_OUTER, _KNEE_INNER),
            Shape(
                (
                    (0, 168),
                    (24, 174),
                    (38, 196),
                    (32, 224),
                    (14, 244),
                    (0, 250),
                    (-14, 244),
                    (-32, 224),
                    (-38, 196),
                    (-24, 174),
                ),
                "line",
                True,
            ),
            fold((-15, 252), (-12, 276), (-13, 292)),
            fold((15, 252), (12, 276), (13, 292)),
            line((-16, 294), (-8, 308), (8, 308), (16, 294)),
            fold((-66, 256), (-48, 262), (-28, 258)),
            fold((66, 254), (48, 260), (28, 257)),
            fold((-58, 84), (-56, 126), (-46, 158), (-30, 170)),
            fold((62, 60), (54, 110), (42, 150), (30, 168)),
            fold((4, 40), (4, 100), (0, 150)),
            line((58, 282), (66, 286), (64, 298)),
            fold((0, 322), (-8, 380), (-12, 450)),
        )
    ),
)

KNEE_BACK = Sheet(
    code="knee-back",
    name="Knee, back",
    part="knee",
    view="back",
    width=640,
    height=470,
    side_at_right=RIGHT,
    shapes=_pair(
        (
            *segment(_KNEE_OUTER, _KNEE_INNER),
            line((-68, 222), (-30, 230), (8, 229), (64, 218)),
            fold((-30, 40), (-34, 110), (-50, 170), (-62, 214)),
            fold((28, 40), (34, 110), (48, 170), (60, 212)),
            fold((-14, 90), (0, 130), (14, 90)),
            fold((-48, 236), (-26, 262), (-4, 306), (0, 360), (0, 450)),
            fold((46, 232), (26, 260), (6, 304), (0, 360)),
            line((58, 266), (66, 272), (62, 284)),
        )
    ),
)

# --- ankles: the left one, its toes to the viewer's left from outside, to the right from inside ---

_SHIN = (
    (-36, 36), (-36, 90), (-37, 150), (-41, 190), (-58, 222), (-92, 252), (-126, 274), (-150, 292), (-162, 310),
    (-160, 324),
    (-146, 330),
)  # fmt: skip
_HEEL = (
    (74, 36), (64, 90), (56, 146), (58, 190), (74, 230), (94, 262), (104, 292), (98, 320), (74, 332),
)  # fmt: skip


def _ankle(sole: tuple[Point, ...]) -> tuple[Shape, ...]:
    around: list[Point] = [(*_SHIN[0], 1), *_SHIN[1:], *sole, *_HEEL[:0:-1], (*_HEEL[0], 1)]
    flesh = Shape(tuple(around), "flesh", True)
    return (flesh, Shape((*_SHIN, *sole, *reversed(_HEEL)), "edge"))


_OUTSIDE = (
    *_ankle(((-110, 331), (-60, 331), (-10, 329), (40, 332))),
    line((-10, 214), (-6, 196), (8, 188), (20, 198), (20, 220), (8, 234), (-6, 228), (-10, 214)),
    fold((44, 100), (40, 150), (44, 196), (62, 236)),
    fold((4, 40), (0, 100), (4, 160), (6, 182)),
    fold((22, 238), (6, 256), (-24, 268)),
    fold((-36, 196), (-46, 222), (-80, 250)),
    line((-112, 330), (-102, 318), (-110, 306), (-124, 306)),
    fold((-128, 330), (-120, 318), (-128, 304), (-140, 300)),
    fold((-144, 329), (-136, 316), (-144, 302)),
    fold((-40, 330), (-34, 318), (-44, 306)),
)
_INSIDE = tuple(
    shape.mirrored()
    for shape in (
        *_ankle(((-118, 332), (-82, 331), (-46, 318), (-6, 313), (34, 324), (52, 332))),
        line((-14, 192), (-10, 174), (6, 168), (18, 178), (18, 200), (6, 212), (-8, 208), (-14, 192)),
        fold((44, 100), (40, 150), (44, 196), (62, 236)),
        fold((-4, 40), (-4, 100), (0, 162)),
        fold((24, 200), (32, 234), (14, 268), (-30, 290)),
        fold((-36, 196), (-46, 222), (-80, 250)),
        line((-104, 330), (-98, 316), (-108, 302), (-124, 296)),
        fold((-146, 302), (-154, 306), (-158, 314)),
        fold((-46, 318), (-20, 306), (20, 312)),
    )
)

ANKLE_OUTER = Sheet(
    code="ankle-outer",
    name="Ankle, outer side",
    part="ankle",
    view="outer",
    width=640,
    height=350,
    shapes=_pair(_OUTSIDE, 186),
)
ANKLE_INNER = Sheet(
    code="ankle-inner",
    name="Ankle, inner side",
    part="ankle",
    view="inner",
    width=640,
    height=350,
    shapes=_pair(_INSIDE, 134),
)

# --- feet: toes from the little one to the big one ---

_TOES = (
    ((80, 326), (58, 350), (74, 366), 11.5, 10.5),
    ((58, 350), (36, 366), (52, 396), 11.5, 10.5),
    ((36, 366), (10, 376), (25, 414), 12.5, 11.5),
    ((10, 376), (-18, 378), (-5, 426), 13.5, 12.5),
    ((-18, 378), (-68, 364), (-44, 424), 24, 21),
)
_FOOT_OUTER = ((46, 36), (48, 90), (56, 140), (68, 196), (78, 250), (84, 296))
_FOOT_INNER = ((-72, 344), (-72, 316), (-66, 270), (-58, 214), (-52, 150), (-48, 90), (-46, 36))


def _toes() -> list[Point]:
    points: list[Point] = []
    for number, toe in enumerate(_TOES):
        points += finger(*toe, is_last=number == len(_TOES) - 1)
    return points


_TOP_EDGE = (*_FOOT_OUTER, *_toes(), *_FOOT_INNER)
_TOP = (
    Shape(((*_TOP_EDGE[0], 1), *_TOP_EDGE[1:-1], (*_TOP_EDGE[-1], 1)), "flesh", True),
    Shape(_TOP_EDGE, "edge"),
    *(
        Shape(
            ((x - r, y + 2), (x, y - 5), (x + r, y + 2), (x + r * 0.8, y + 9), (x, y + 12), (x - r * 0.8, y + 9)),
            "line",
            True,
        )
        for x, y, r in ((74, 362, 6), (52, 392, 6), (25, 410, 7), (-5, 421, 8), (-44, 416, 14))
    ),
    fold((-46, 352), (-34, 280), (-20, 190)),
    fold((-6, 350), (-4, 270), (-8, 190)),
    fold((24, 344), (18, 266), (6, 190)),
    fold((46, 330), (36, 258), (18, 186)),
    line((-46, 122), (-38, 128), (-40, 142)),
    line((50, 134), (42, 140), (44, 154)),
    fold((-40, 112), (-10, 128), (16, 128), (40, 118)),
)

_SOLE_EDGE = (
    (0, 30), (26, 36), (42, 60), (46, 100), (50, 150), (60, 210), (74, 262), (82, 300), *_toes(), (-74, 344),
    (-74, 312),
    (-58, 268), (-34, 214), (-28, 160), (-38, 108), (-42, 66), (-26, 38),
)  # fmt: skip


def _flipped(shape: Shape, height: float) -> Shape:
    return Shape(tuple((x, height - y, *corner) for x, y, *corner in shape.points), shape.kind, shape.is_closed)


_SOLE = tuple(
    _flipped(shape, 480)
    for shape in (
        skin(*_SOLE_EDGE),
        fold((-64, 356), (-40, 372), (-14, 372)),
        fold((-8, 372), (20, 366), (48, 348), (72, 322)),
        fold((-62, 300), (-30, 296), (-14, 320), (-16, 356)),
        fold((-26, 180), (-6, 230), (-2, 290)),
        fold((46, 140), (40, 200), (48, 270)),
        fold((-34, 98), (-4, 114), (36, 100)),
    )
)

FOOT_TOP = Sheet(
    code="foot-top",
    name="Foot, top",
    part="foot",
    view="top",
    width=560,
    height=470,
    shapes=_pair(_TOP, 136),
)
FOOT_SOLE = Sheet(
    code="foot-sole",
    name="Foot, sole",
    part="foot",
    view="sole",
    width=560,
    height=470,
    shapes=_pair(_SOLE, 136),
)
SHEETS = (KNEE_FRONT, KNEE_BACK, ANKLE_OUTER, ANKLE_INNER, FOOT_TOP, FOOT_SOLE)
