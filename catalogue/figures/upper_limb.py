"""The shoulder, the elbow and the hand, each from the front and from the back."""

from catalogue.figures import hands
from catalogue.figures.curves import Point, moved
from catalogue.figures.sheets import RIGHT, Shape, Sheet, edge, fold, line, segment

# --- shoulders: both of them, with the lower neck ---

_SLOPE = (
    (60, 36), (62, 62), (72, 88), (104, 112), (160, 130), (222, 144), (266, 166), (292, 206), (302, 264), (306, 330),
    (314, 400), (322, 450),
)  # fmt: skip
_INSIDE = ((250, 450), (236, 390), (222, 330), (208, 288, 1), (202, 340), (192, 400), (184, 450))


def _torso() -> tuple[Shape, ...]:
    around: tuple[Point, ...] = (
        (0, 36, 1), (*_SLOPE[0], 1), *_SLOPE[1:-1], (*_SLOPE[-1], 1), (*_INSIDE[0], 1),
        *_INSIDE[1:-1], (*_INSIDE[-1], 1),
        (0, 450, 1),
    )  # fmt: skip
    return (Shape(around, "flesh", True), edge(*_SLOPE), edge(*_INSIDE))


SHOULDER_FRONT = Sheet(
    code="shoulder-front",
    name="Shoulder, front",
    part="shoulder",
    view="front",
    width=680,
    height=460,
    shapes=(
        *_torso(),
        line((14, 158), (40, 144), (96, 148), (158, 140), (214, 146), (238, 154)),
        fold((16, 172), (60, 162), (110, 164), (168, 156), (214, 160)),
        fold((54, 66), (34, 112), (14, 150)),
        fold((62, 84), (74, 118), (92, 142)),
        line((232, 154), (246, 160), (252, 176)),
        fold((208, 288), (214, 246), (226, 204), (232, 176)),
        fold((208, 288), (192, 302), (168, 310)),
        fold((296, 226), (284, 284), (296, 340)),
        fold((258, 372), (270, 410), (278, 446)),
    ),
    middle=(fold((0, 176), (0, 260), (0, 350), (0, 420)), line((-14, 158), (0, 168), (14, 158))),
)

SHOULDER_BACK = Sheet(
    code="shoulder-back",
    name="Shoulder, back",
    part="shoulder",
    view="back",
    width=680,
    height=460,
    side_at_right=RIGHT,
    shapes=(
        *_torso(),
        line((92, 216), (140, 198), (196, 180), (240, 166), (258, 178)),
        line((92, 216), (86, 268), (98, 330), (122, 372), (148, 350), (180, 296), (206, 244)),
        fold((104, 178), (130, 174), (164, 172)),
        fold((20, 40), (22, 76), (18, 110)),
        fold((64, 92), (46, 150), (30, 250), (10, 420)),
        fold((208, 288), (216, 256), (214, 228)),
        fold((296, 226), (286, 280), (262, 320)),
        fold((262, 330), (270, 390), (284, 446)),
    ),
    middle=(fold((0, 40), (0, 150), (0, 300), (0, 450)),),
)

# --- elbows ---

_OUTER = (
    (54, 36), (57, 90), (54, 140), (56, 178), (66, 212), (74, 252), (73, 300), (65, 356), (54, 412), (48, 456),
)  # fmt: skip
_INNER = (
    (-58, 36), (-60, 90), (-55, 144), (-57, 178), (-67, 202), (-62, 230), (-63, 274), (-58, 334), (-48, 400),
    (-43, 456),
)  # fmt: skip
_MID = 160


def _pair(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    return tuple(shape.at(_MID) for shape in shapes)


ELBOW_FRONT = Sheet(
    code="elbow-front",
    name="Elbow, front",
    part="elbow",
    view="front",
    width=640,
    height=470,
    shapes=_pair(
        (
            *segment(_OUTER, _INNER),
            fold((-34, 44), (-38, 100), (-24, 160), (-4, 206)),
            fold((34, 44), (38, 100), (26, 160), (10, 206)),
            line((-56, 222), (-24, 234), (16, 234), (58, 220)),
            fold((-50, 232), (-22, 240), (14, 240), (48, 232)),
            fold((40, 176), (44, 216), (30, 264), (34, 330)),
            fold((-46, 226), (-26, 262), (4, 296), (26, 330)),
            fold((-8, 330), (-8, 390), (-6, 450)),
        )
    ),
)

ELBOW_BACK = Sheet(
    code="elbow-back",
    name="Elbow, back",
    part="elbow",
    view="back",
    width=640,
    height=470,
    side_at_right=RIGHT,
    shapes=_pair(
        (
            *segment(_OUTER, _INNER),
            line((-20, 222), (-22, 198), (-10, 180), (6, 178), (18, 192), (18, 218), (6, 240), (-10, 240), (-20, 222)),
            fold((-30, 44), (-30, 100), (-20, 150), (-12, 176)),
            fold((28, 44), (26, 100), (18, 150), (10, 176)),
            line((-58, 192), (-50, 188), (-44, 198), (-50, 210)),
            line((48, 196), (42, 204), (44, 216), (52, 222)),
            fold((-36, 194), (-32, 214), (-38, 236)),
            fold((-2, 246), (2, 310), (2, 380), (0, 450)),
            fold((36, 230), (30, 300), (34, 380)),
        )
    ),
)

# --- hands ---

_SCALE, _WRIST_X, _WRIST_Y = 2.0, 104, 78


def _hand(points: tuple[Point, ...] | list[Point], kind: str, *, is_closed: bool = False) -> Shape:
    return Shape(tuple(moved(points, _WRIST_X, _WRIST_Y, _SCALE)), kind, is_closed)


_AROUND: tuple[Point, ...] = ((33, -24), *hands.outline(), (-33, -24))
_WHOLE = (
    _hand(((33, -24, 1), *_AROUND[1:-1], (-33, -24, 1)), "flesh", is_closed=True),
    _hand(_AROUND, "edge"),
)


def _across(finger: int, share: float, half: float = 7) -> tuple[Point, ...]:
    """A short line across a finger, ``share`` of the way from its root to the centre of its tip."""
    near, far, tip, *_rest = hands.FINGERS[finger]
    root = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2)
    x, y = root[0] + (tip[0] - root[0]) * share, root[1] + (tip[1] - root[1]) * share
    return ((x - half, y - 0.8), (x, y + 1), (x + half, y - 0.8))


def _nail(finger: int) -> tuple[Point, ...]:
    _near, _far, (x, y), _width, radius = hands.FINGERS[finger]
    r = radius * 0.62
    return ((x - r, y - 4), (x, y - 7), (x + r, y - 4), (x + r * 0.9, y + 3), (x, y + 6), (x - r * 0.9, y + 3))


HAND_PALM = Sheet(
    code="hand-palm",
    name="Hand, palm",
    part="hand",
    view="palm",
    width=620,
    height=480,
    shapes=(
        *_WHOLE,
        *(_hand(points, "line") for points in hands.creases()),
        _hand(((-28, 0), (0, 3), (28, 0)), "line"),
        _hand(((-29, -7), (0, -4), (29, -7)), "fold"),
        *(_hand(_across(finger, share), "fold") for finger in range(4) for share in (0.06, 0.42, 0.74)),
        _hand(((66, 78), (72, 74), (76, 69)), "fold"),
        _hand(((52, 62), (60, 60), (66, 55)), "fold"),
    ),
)

HAND_BACK = Sheet(
    code="hand-back",
    name="Hand, back",
    part="hand",
    view="back",
    width=620,
    height=480,
    side_at_right=RIGHT,
    shapes=(
        *_WHOLE,
        *(_hand(_nail(finger), "line", is_closed=True) for finger in range(4)),
        _hand(((88, 103), (93, 104), (95, 111), (92, 117), (87, 114)), "line", is_closed=True),
        *(_hand(_across(finger, 0.4, 6), "fold") for finger in range(4)),
        *(
            _hand(((x - 7, 98 + d), (x, 93 + d), (x + 7, 98 + d)), "fold")
            for x, d in ((31, 0), (11, 3), (-9, 0), (-28, -8))
        ),
        *(
            _hand(points, "fold")
            for points in (
                ((27, 88), (18, 50), (10, 18)),
                ((10, 90), (6, 50), (4, 18)),
                ((-9, 86), (-6, 50), (-3, 18)),
                ((-26, 78), (-19, 48), (-12, 18)),
                ((70, 80), (50, 46), (32, 14)),
            )
        ),
        _hand(((-26, -2), (-20, -6), (-16, 0), (-20, 6)), "line"),
        _hand(((28, 4), (22, 2), (20, 8)), "fold"),
    ),
)
SHEETS = (SHOULDER_FRONT, SHOULDER_BACK, ELBOW_FRONT, ELBOW_BACK, HAND_PALM, HAND_BACK)
