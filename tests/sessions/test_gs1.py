"""Codes of packages, read as scanners and people send them."""

from calendar import monthrange
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.gs1 import SEPARATOR, Scan, ScanError, check_digit, gtin_of, read, use_by_of

TODAY = date(2026, 3, 2)
# GS1's own example of a GTIN (General Specifications, section 2: company prefix 9506000).
GTIN = "09506000134352"
WHOLE = Scan(gtin=GTIN, lot_number="ABC123", use_by=date(2030, 12, 31))
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./+_%&'*"
READ = {
    f"(01){GTIN}(17)301231(10)ABC123": WHOLE,
    f" (01) {GTIN} (17) 301200 (10) ABC123 ": WHOLE,
    f"01{GTIN}1730123110ABC123": WHOLE,
    f"]d201{GTIN}1730120010ABC123": WHOLE,
    f"{SEPARATOR}01{GTIN}10ABC123{SEPARATOR}17301231": WHOLE,
    f"]C101{GTIN}10ABC123<GS>1730123121SER-9": WHOLE,
    f"01{GTIN}10ABC123␝17301231": WHOLE,
    f"(10)ABC123(17)301231(01){GTIN}": WHOLE,
    f"01{GTIN}11260101{'17301231'}10ABC123{SEPARATOR}21X": WHOLE,
    "9506000134352": Scan(gtin=GTIN),
    "96385074": Scan(gtin="00000096385074"),
    "036000291452": Scan(gtin="00036000291452"),
    GTIN: Scan(gtin=GTIN),
    "(17)280200": Scan(use_by=date(2028, 2, 29)),
    "(17)270200": Scan(use_by=date(2027, 2, 28)),
}
UNREAD = {
    "": "code",
    "hello": "code",
    "https://id.example.org/01/09506000134352": "code",
    "(01)09506000134353": "check_digit",
    "0109506000134353": "check_digit",
    "9506000134353": "check_digit",
    "(01)0950600013435": "code",
    "(17)301301": "date",
    "(17)270229": "date",
    f"01{GTIN}10": "lot",
    f"01{GTIN}10{'A' * 21}": "lot",
    "(10)ÄÖ": "lot",
    f"(01){GTIN}(01)09506000134369": "code",
    "(01)٠٩٥٠٦٠٠٠١٣٤٣٥٢": "sign",
    "99\x00": "code",
}


def test_a_code_is_read_however_it_comes() -> None:
    for text, said in READ.items():
        assert read(text, today=TODAY) == said, text


def test_what_cannot_be_read_says_why() -> None:
    for text, why in UNREAD.items():
        with pytest.raises(ScanError) as caught:
            read(text, today=TODAY)
        assert caught.value.why == why, text


def test_a_year_of_two_digits_is_the_nearest_one() -> None:
    years = {"761231": 2076, "771231": 1977, "261231": 2026, "991231": 1999}
    for digits, year in years.items():
        assert use_by_of(digits, today=TODAY).year == year


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 13), st.integers(1, 9))
def test_no_single_wrong_digit_passes(digits: str, place: int, off: int) -> None:
    whole = digits + check_digit(digits)
    assert gtin_of(whole) == whole
    wrong = whole[:place] + str((int(whole[place]) + off) % 10) + whole[place + 1 :]
    with pytest.raises(ScanError):
        gtin_of(wrong)


@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.text(SIGNS, min_size=1, max_size=20),
    st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    st.booleans(),
    st.permutations(["01", "10", "17"]),
)
def test_what_was_written_is_read(digits: str, lot: str, day: date, is_month: bool, order: list[str]) -> None:
    last = monthrange(day.year, day.month)[1]
    day = day.replace(day=last) if is_month else day
    values = {"01": digits + check_digit(digits), "10": lot, "17": f"{day:%y%m}{'00' if is_month else f'{day:%d}'}"}
    row = SEPARATOR.join(ai + values[ai] for ai in order)
    brackets = "".join(f"({ai}){values[ai]}" for ai in order)
    said = Scan(gtin=values["01"], lot_number=lot, use_by=day)
    assert read(row, today=TODAY) == read(brackets, today=TODAY) == said


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(ScanError):
        read(text, today=TODAY)
