"""Papers are tagged PDF made from plain data; no text can become a command of the typesetter."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from common.papers import Column, Drawing, Facts, Heading, Items, Notice, Paper, Table, Words, pdf

MADE = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>'


def a_paper(**changes: object) -> Paper:
    fields = {
        "title": "A paper",
        "sender": "The clinic",
        "lang": "en",
        "foot": ("Aroha Example",),
        "page_word": "page {n} of {m}",
        "made_at": MADE,
        "blocks": (Heading("First"), Words("Something")),
    }
    return Paper(**{**fields, **changes})


def read(paper: Paper) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(paper)))


def text_of(paper: Paper) -> str:
    return "\n".join(page.extract_text() for page in read(paper).pages)


def test_it_is_tagged_and_says_its_language_and_title() -> None:
    root = read(a_paper(lang="ar")).trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "ar"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert root["/StructTreeRoot"]


def tags(element: object) -> list[str]:
    found = []
    kids = element.get("/K", []) if hasattr(element, "get") else []
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if hasattr(kid, "get"):
            found += [str(kid["/S"])] if "/S" in kid else []
            found += tags(kid)
    return found


def test_headings_tables_lists_and_pictures_carry_their_own_tags() -> None:
    blocks = (
        Heading("First"),
        Facts((("Name", "Aroha"),)),
        Items(("one", "two")),
        Table("Rows", (Column("No.", is_number=True), Column("What")), (("1", "this"),)),
        Drawing(PICTURE, "A circle", "The circle"),
    )
    found = set(tags(read(a_paper(blocks=blocks)).trailer["/Root"]["/StructTreeRoot"]))
    assert {"/H1", "/L", "/Table", "/TH", "/TD", "/Figure"} <= found


def test_every_page_carries_the_foot_and_its_number() -> None:
    pages = read(a_paper(blocks=tuple(Words("A paragraph. " * 60) for _each in range(20)))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        shown = page.extract_text()
        assert "Aroha Example" in shown
        assert f"page {number} of {len(pages)}" in shown


def test_the_watermark_lies_on_every_page() -> None:
    paper = a_paper(watermark="VOIDED", blocks=tuple(Words("A paragraph. " * 60) for _each in range(20)))
    assert all("VOIDED" in page.extract_text() for page in read(paper).pages)


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert pdf(a_paper()) == pdf(a_paper())


@pytest.mark.parametrize(
    "attack",
    [
        '#eval("1+1")',
        "#{panic()}",
        '#read("/etc/hostname")',
        '#import "@preview/x:1.0.0"',
        '#image("/etc/passwd")',
        "] #panic() [",
        '"); #panic("',
        "*bold* _slope_ $x^2$ `raw`",
        "= Heading",
        "@ref <label>",
        "\\u{41}",
        "// comment /* and */",
        "{n} {m}",
    ],
)
def test_typesetting_in_a_name_is_only_shown(attack: str) -> None:
    paper = a_paper(foot=(attack,), blocks=(Words(attack), Facts(((attack, attack),)), Notice(attack)))
    shown = "".join(text_of(paper).split())
    assert shown.count("".join(attack.split())) >= 4


def test_a_character_without_a_drawing_is_spelt_out() -> None:
    assert "[U+4F60] and [U+1F600]" in text_of(a_paper(blocks=(Words("你 and 😀"),)))


def test_arabic_is_drawn() -> None:
    assert "U+" not in text_of(a_paper(lang="ar", blocks=(Words("مرحبا"),)))


def test_control_characters_are_blanks() -> None:
    assert "a b" in text_of(a_paper(blocks=(Words("a\x07b"),)))


@pytest.mark.parametrize("character", ["\u1680", "\u2028", "\u202f", "\u0f39", "\u0670", "\u200d"])
def test_an_odd_space_or_mark_keeps_nobody_from_the_paper(character: str) -> None:
    assert "before" in text_of(a_paper(blocks=(Words(f"before{character}after"), Words(character))))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(words: str) -> None:
    assert pdf(a_paper(foot=(words,), blocks=(Words(words), Items((words,))))).startswith(b"%PDF-")
