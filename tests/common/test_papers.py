"""Papers are tagged PDF made from plain data; no text can become a command of the typesetter."""

import io
from datetime import UTC, datetime

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from common.papers import Column, Drawing, Facts, Heading, Items, Letterhead, Notice, Paper, Table, Words, isolated, pdf

MADE = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>'


def a_paper(**changes: object) -> Paper:
    fields = {
        "title": "A paper",
        "head": Letterhead("The clinic", ("Main Street 1", "+49 30 1234567")),
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


NAMES = {
    "Latin": "Zoë Åström-Łukasiewicz Nguyễn Thị Đặng",
    "Greek": "Αλέξανδρος Παπαδόπουλος",
    "Cyrillic": "Александра Іваненко Ђорђе",
    "Armenian": "Արմեն Հակոբյան",
    "Georgian": "ნინო ბერიძე",
    "Hebrew": "יוסף כהן",
    "Arabic": "محمد عبد الله",
    "Persian": "پریسا گلچین",
    "Devanagari": "श्रीमती लक्ष्मी शर्मा",
    "Bengali": "শ্রীমতী রহমান",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "નરેન્દ્ર",
    "Tamil": "தமிழ் செல்வி",
    "Telugu": "శ్రీనివాస్",
    "Kannada": "ಶ್ರೀಧರ",
    "Malayalam": "ശ്രീലക്ഷ്മി",
    "Sinhala": "ශ්‍රී ලංකා",
    "Thai": "สมชาย ใจดี น้ำ",
    "Lao": "ສົມສັກ",
    "Khmer": "ស្រីមុំ",
    "Burmese": "အောင်ဆန်းစုကြည်",
    "Ethiopic": "አበበ በቀለ",
    "Chinese, simplified": "陈伟 张骨直",
    "Chinese, traditional": "陳偉 張骨直",
    "Japanese": "山田 太郎 ガ ガ 𠮷野",
    "Korean": "김철수",
    "both ways": "李 Ming (محمد) 3",
    "a picture": "😀",
}
BOXES = {0}  # a font draws a character it does not know with its glyph 0


def glyphs(data: bytes) -> dict[str, set[int]]:
    """By font of the PDF, the glyphs that its pages draw."""
    found: dict[str, set[int]] = {}
    for page in PdfReader(io.BytesIO(data)).pages:
        fonts = page["/Resources"]["/Font"]
        name = ""
        for operands, operator in ContentStream(page.get_contents(), None).operations:
            if operator == b"Tf":
                name = str(fonts[operands[0]]["/BaseFont"])
            elif operator in (b"Tj", b"TJ"):
                parts = operands[0] if operator == b"TJ" else operands
                codes = b"".join(part.original_bytes for part in parts if hasattr(part, "original_bytes"))
                found.setdefault(name, set()).update(codes[i] << 8 | codes[i + 1] for i in range(0, len(codes), 2))
    return found


def test_names_of_every_script_are_drawn_and_none_as_a_box_or_a_number() -> None:
    rows = tuple((script, name) for script, name in NAMES.items())
    blocks = (
        Table("Names", (Column("Script"), Column("Name", is_wide=True)), rows),
        Facts(rows),
        Items((*NAMES.values(),)),
    )
    data = pdf(a_paper(blocks=blocks))
    assert "U+" not in "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    drawn = glyphs(data)
    assert len(drawn) >= 20
    assert not any(used & BOXES for used in drawn.values())
    assert not any("DejaVu" in name for name in drawn), "letters of one width are no way to write a name"


def test_only_who_needs_a_large_font_carries_one() -> None:
    fonts = {name: set(glyphs(pdf(a_paper(foot=(name,))))) for name in ("Zoë Łukasiewicz", "محمد", "李")}
    assert all("Libertinus" in font for font in fonts["Zoë Łukasiewicz"])
    assert any("Arabic" in font for font in fonts["محمد"])
    assert any("CJK" in font for font in fonts["李"])


@pytest.mark.parametrize(
    ("language", "words", "font"),
    [
        ("ja", "直", "JP"),
        ("zh-Hant", "直", "TC"),
        ("zh-HK", "直", "HK"),
        ("zh", "直", "SC"),
        ("en", "直 ガ", "JP"),
        ("", "김 直", "KR"),
    ],
)
def test_a_chinese_character_is_drawn_as_its_reader_knows_it(language: str, words: str, font: str) -> None:
    drawn = glyphs(pdf(a_paper(foot=(words,), reader_language=language)))
    assert any(f"CJK{font}" in name.replace("-", "") or f"CJK{font.lower()}" in name for name in drawn), drawn


def test_the_day_behind_an_arabic_name_stays_behind_it() -> None:
    assert isolated("Aroha") == "Aroha"
    shown = text_of(a_paper(blocks=(Words(f"{isolated('محمد')}, 3 Mar 2026"),)))
    assert "3 Mar 2026" in shown


def test_a_character_without_a_drawing_is_spelt_out() -> None:
    assert "[U+10480]" in text_of(a_paper(blocks=(Words("\U00010480"),)))


LONG = ("a" * 104, "https://example.org/" + "path/" * 10 + "x" * 140, "W" * 200, "محمد" * 60, "श्री" * 60, "李" * 90)


MARGIN = 0.085  # of the width of the sheet; the text keeps 20 mm of 210 free


def has_clean_margins(data: bytes) -> bool:
    """Whether nothing is drawn beside the text, on any page."""
    for page in pypdfium2.PdfDocument(data):
        sheet = page.render(scale=1, grayscale=True).to_pil()
        edge = round(sheet.width * MARGIN)
        sides = (sheet.crop((0, 0, edge, sheet.height)), sheet.crop((sheet.width - edge, 0, sheet.width, sheet.height)))
        if any(side.getextrema() != (255, 255) for side in sides):
            return False
    return True


def test_words_wider_than_the_sheet_go_on_in_the_next_line() -> None:
    table = Table(
        "T", (Column("No."), Column("What", is_wide=True), Column("Lot")), tuple(("1", word, word) for word in LONG)
    )
    head = Letterhead("C" * 120, ("S" * 300,))
    blocks = (table, Facts(tuple((word, word) for word in LONG)), Items(LONG), Notice(LONG[2]), *map(Words, LONG))
    assert has_clean_margins(pdf(a_paper(title="T" * 150, head=head, foot=LONG[:3], blocks=blocks)))


def test_a_long_table_goes_on_on_the_next_page_below_its_heads() -> None:
    rows = tuple((str(number), "Infrapatellar branch") for number in range(1, 121))
    pages = read(a_paper(blocks=(Table("Rows", (Column("No.", is_number=True), Column("Nerve")), rows),))).pages
    assert len(pages) >= 3
    assert all("Nerve" in page.extract_text() for page in pages)
    assert "120" in pages[-1].extract_text()


def a_logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (90, 36), (200, 0, 0, 128)).save(out, "PNG")
    return out.getvalue()


def test_the_letterhead_stands_on_the_first_page_with_its_logo() -> None:
    paper = a_paper(head=Letterhead("Our clinic", ("Main Street 1", "12345 Town", "+49 30 1234567"), a_logo()))
    first = read(paper).pages[0]
    shown = first.extract_text()
    assert all(words in shown for words in ("Our clinic", "Main Street 1", "12345 Town", "+49 30 1234567"))
    assert [image.image.size for image in first.images][:1] == [(90, 36)]
    assert not read(a_paper()).pages[0].images


def test_the_sheet_is_that_of_the_country() -> None:
    for is_letter, size in ((False, (595, 842)), (True, (612, 792))):
        box = read(a_paper(is_letter_size=is_letter)).pages[0].mediabox
        assert (round(box.width), round(box.height)) == size


def test_control_characters_are_blanks() -> None:
    assert "a b" in text_of(a_paper(blocks=(Words("a\x07b"),)))


@pytest.mark.parametrize("character", ["\u1680", "\u2028", "\u202f", "\u0f39", "\u0670", "\u200d"])
def test_an_odd_space_or_mark_keeps_nobody_from_the_paper(character: str) -> None:
    assert "before" in text_of(a_paper(blocks=(Words(f"before{character}after"), Words(character))))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(words: str) -> None:
    assert pdf(a_paper(foot=(words,), blocks=(Words(words), Items((words,))))).startswith(b"%PDF-")
