"""Where each nerve is met on each figure. [GK]: surface anatomy of general knowledge, to be checked by a clinician.

Every place is given once, for the half of the figure right of its middle line: (nerve, distance from that line, y) in
figure units. The other half follows by mirroring. A nerve on the middle line itself has the side "midline".
N070 (scar or field) has no place of its own: it is set by a tap anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.figures.sheets import RIGHT, Sheet

MIDLINE = "midline"
Places = tuple[tuple[str, float, float], ...]

_FRONT: Places = (
    ("N001", 17, 72), ("N002", 8, 74), ("N003", 17, 101), ("N005", 32, 98), ("N007", 12, 142), ("N008", 27, 122),
    ("N012", 31, 152), ("N013", 18, 172), ("N014", 34, 190), ("N014", 76, 196), ("N019", 120, 240),
    ("N020", 98, 286), ("N021", 107, 322), ("N022", 126, 300), ("N025", 136, 366), ("N026", 118, 362),
    ("N027", 157, 466), ("N028", 143, 394), ("N029", 147, 482), ("N030", 152, 500), ("N033", 152, 548),
    ("N034", 13, 244), ("N034", 13, 284), ("N035", 78, 306), ("N037", 36, 372), ("N037", 36, 412),
    ("N038", 46, 446), ("N039", 46, 482), ("N040", 22, 494), ("N049", 74, 462), ("N049", 70, 540), ("N050", 44, 570),
    ("N050", 46, 632), ("N051", 22, 606), ("N052", 84, 430), ("N054", 34, 738), ("N055", 30, 660), ("N055", 28, 800),
    ("N055", 33, 890), ("N056", 31, 684), ("N056", 61, 684), ("N056", 29, 722), ("N057", 30, 702), ("N057", 62, 702),
    ("N058", 66, 728), ("N059", 66, 770), ("N062", 54, 846), ("N062", 46, 922), ("N063", 42, 946), ("N069", 52, 958),
)  # fmt: skip
_BACK: Places = (
    ("N009", 15, 106), ("N010", 33, 114), ("N011", 8, 128), ("N012", 40, 128), ("N015", 12, 148), ("N015", 12, 174),
    ("N016", 46, 192), ("N017", 26, 246), ("N018", 68, 212), ("N019", 121, 244), ("N021", 105, 312), ("N022", 128, 318),
    ("N023", 115, 292), ("N024", 139, 370), ("N028", 144, 398), ("N031", 115, 358), ("N027", 157, 468),
    ("N032", 139, 492), ("N033", 152, 548), ("N035", 78, 300), ("N036", 16, 226), ("N036", 16, 272), ("N036", 16, 318),
    ("N041", 16, 364), ("N041", 16, 400), ("N042", 46, 408), ("N042", 66, 410), ("N043", 20, 440), ("N044", 50, 524),
    ("N045", 0, 470), ("N046", 24, 506), ("N047", 14, 494), ("N048", 46, 560), ("N048", 46, 630), ("N051", 20, 600),
    ("N052", 80, 440), ("N053", 48, 480), ("N055", 26, 790), ("N058", 63, 722), ("N059", 62, 768), ("N060", 42, 780),
    ("N061", 52, 888), ("N064", 34, 904), ("N065", 34, 938), ("N066", 42, 956), ("N062", 66, 836),
)  # fmt: skip
# The left side: distance from the line through ear, shoulder, hip and ankle; behind it is positive.
_LEFT_SIDE: Places = (
    ("N001", -42, 72), ("N004", -30, 78), ("N005", -34, 100), ("N003", -44, 106), ("N006", -4, 80), ("N007", -45, 142),
    ("N008", -32, 122), ("N009", 38, 112), ("N010", 22, 116), ("N011", 32, 132), ("N012", 6, 140), ("N013", -10, 166),
    ("N014", 0, 192), ("N015", 28, 162), ("N016", 24, 184), ("N019", 2, 244), ("N022", -4, 310), ("N023", 16, 300),
    ("N024", 2, 376), ("N025", -20, 366), ("N027", -33, 466), ("N028", -10, 396), ("N033", -30, 552),
    ("N032", -16, 492), ("N035", -40, 266), ("N035", -38, 316), ("N036", 46, 276), ("N038", -34, 430),
    ("N041", 36, 370), ("N042", 36, 418), ("N044", 46, 518), ("N049", -20, 590), ("N052", 8, 440),
    ("N052", 12, 478), ("N048", 32, 590), ("N053", 40, 486), ("N056", -22, 678), ("N057", -26, 706),
    ("N058", 6, 722), ("N059", 14, 762), ("N060", 28, 790), ("N061", 10, 886), ("N061", -10, 944), ("N062", -10, 840),
    ("N062", -18, 908), ("N063", -52, 942),
)  # fmt: skip
_HEAD_FRONT: Places = (
    ("N001", 48, 142), ("N002", 22, 153), ("N003", 42, 224), ("N004", 94, 152), ("N005", 84, 206), ("N006", 102, 108),
    ("N007", 30, 328), ("N008", 66, 280), ("N012", 72, 350), ("N013", 40, 402), ("N014", 112, 446),
)  # fmt: skip
_HEAD_BACK: Places = (
    ("N009", 34, 254), ("N010", 84, 272), ("N011", 14, 302), ("N012", 92, 318), ("N015", 24, 352), ("N015", 24, 404),
    ("N016", 80, 430),
)  # fmt: skip
_HEAD_SIDE: Places = (
    ("N001", -62, 136), ("N003", -66, 246), ("N004", -22, 148), ("N005", -34, 204), ("N006", 16, 176),
    ("N006", 28, 112),
    ("N007", -64, 340), ("N008", -42, 294), ("N009", 122, 246), ("N010", 78, 252), ("N011", 106, 304),
    ("N012", 56, 308),
    ("N013", 20, 400), ("N014", 40, 464), ("N015", 108, 368), ("N016", 94, 424),
)  # fmt: skip
_SHOULDER_FRONT: Places = (
    ("N013", 40, 84), ("N014", 62, 146), ("N014", 128, 146), ("N014", 196, 144), ("N016", 84, 114), ("N019", 286, 250),
    ("N020", 226, 316), ("N021", 248, 400), ("N022", 300, 380), ("N034", 24, 226), ("N034", 24, 290),
    ("N035", 180, 380),
)  # fmt: skip
_SHOULDER_BACK: Places = (
    ("N014", 222, 158), ("N015", 24, 62), ("N015", 24, 112), ("N016", 104, 132), ("N017", 66, 262), ("N018", 170, 188),
    ("N019", 282, 258), ("N022", 298, 376), ("N023", 264, 344), ("N035", 180, 384), ("N036", 24, 190),
    ("N036", 24, 290),
    ("N036", 24, 370), ("N021", 248, 420),
)  # fmt: skip
_ELBOW_FRONT: Places = (
    ("N021", 122, 96), ("N022", 200, 100), ("N025", 196, 222), ("N025", 204, 340), ("N026", 118, 206),
    ("N026", 122, 330), ("N028", 196, 280),
)  # fmt: skip
_ELBOW_BACK: Places = (
    ("N021", 118, 90), ("N022", 198, 110), ("N023", 160, 80), ("N024", 206, 222), ("N024", 198, 350),
    ("N028", 200, 288),
    ("N031", 124, 212), ("N026", 112, 290),
)  # fmt: skip
_HAND_PALM: Places = (
    ("N029", 104, 66), ("N030", 120, 116), ("N033", 254, 248), ("N033", 176, 340), ("N033", 128, 360),
    ("N033", 80, 346), ("N033", 39, 320),
)  # fmt: skip
_HAND_BACK: Places = (
    ("N027", 164, 92), ("N027", 192, 158), ("N032", 46, 116), ("N032", 40, 190), ("N033", 254, 248), ("N033", 176, 340),
    ("N033", 128, 360), ("N033", 80, 346), ("N033", 39, 320),
)  # fmt: skip
_KNEE_FRONT: Places = (
    ("N050", 172, 80), ("N051", 92, 66), ("N055", 88, 118), ("N056", 100, 166), ("N056", 220, 166), ("N056", 98, 262),
    ("N057", 110, 212), ("N057", 210, 212), ("N054", 124, 300), ("N054", 170, 280), ("N055", 108, 380),
    ("N058", 222, 292), ("N059", 224, 350),
)  # fmt: skip
_KNEE_BACK: Places = (
    ("N048", 160, 66), ("N051", 94, 90), ("N055", 104, 300), ("N058", 216, 262), ("N059", 212, 340), ("N060", 164, 330),
)  # fmt: skip
_ANKLE_OUTER: Places = (
    ("N061", 230, 170), ("N061", 214, 252), ("N061", 158, 294), ("N062", 164, 84), ("N062", 138, 226),
)  # fmt: skip
_ANKLE_INNER: Places = (
    ("N055", 152, 100), ("N055", 160, 180), ("N064", 98, 212), ("N065", 62, 264), ("N066", 104, 290),
    ("N067", 162, 288),
    ("N063", 224, 272),
)  # fmt: skip
_FOOT_TOP: Places = (
    ("N055", 98, 90), ("N061", 192, 246), ("N062", 146, 84), ("N062", 160, 190), ("N063", 112, 346), ("N063", 128, 140),
    ("N069", 150, 352), ("N069", 182, 334),
)  # fmt: skip
_FOOT_SOLE: Places = (
    ("N065", 118, 418), ("N066", 116, 366), ("N067", 118, 288), ("N068", 176, 270), ("N069", 138, 136),
    ("N069", 172, 146),
)  # fmt: skip

_OF = {
    "front": _FRONT,
    "back": _BACK,
    "left": _LEFT_SIDE,
    "head-front": _HEAD_FRONT,
    "head-back": _HEAD_BACK,
    "head-side": _HEAD_SIDE,
    "shoulder-front": _SHOULDER_FRONT,
    "shoulder-back": _SHOULDER_BACK,
    "elbow-front": _ELBOW_FRONT,
    "elbow-back": _ELBOW_BACK,
    "hand-palm": _HAND_PALM,
    "hand-back": _HAND_BACK,
    "knee-front": _KNEE_FRONT,
    "knee-back": _KNEE_BACK,
    "ankle-outer": _ANKLE_OUTER,
    "ankle-inner": _ANKLE_INNER,
    "foot-top": _FOOT_TOP,
    "foot-sole": _FOOT_SOLE,
}
# The ear-to-ankle line of the left side stands a little right of the middle of its picture.
_SIDE_SHIFT = 6
# The profile of the head is drawn from this distance off the middle line.
_PROFILE_AT = 156


@dataclass(frozen=True)
class Anchor:
    """``x`` and ``y`` in figure units; ``side`` is the patient's own."""

    nerve: str
    side: str
    x: int
    y: int


def anchors_of(sheet: Sheet) -> Iterator[Anchor]:
    """Both halves; on a figure of one side only that side."""
    if sheet.only_side:
        yield from _of_one_side(sheet)
        return
    shift = _PROFILE_AT if sheet.code == "head-side" else 0
    at_left, at_right = sheet.halves
    for nerve, dx, y in _OF[sheet.code]:
        if dx == 0 and not shift:
            yield Anchor(nerve, MIDLINE, round(sheet.centre), round(y))
            continue
        yield Anchor(nerve, at_right, round(sheet.centre + shift + dx), round(y))
        yield Anchor(nerve, at_left, round(sheet.centre - shift - dx), round(y))


def _of_one_side(sheet: Sheet) -> Iterator[Anchor]:
    is_mirrored = sheet.only_side == RIGHT
    for nerve, dx, y in _OF["left"]:
        x = sheet.centre + _SIDE_SHIFT + dx
        yield Anchor(nerve, sheet.only_side, round(sheet.width - x if is_mirrored else x), round(y))
