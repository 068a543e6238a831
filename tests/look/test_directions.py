"""Days, hours, phones and numbers keep their order on a page that runs from right to left."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STYLE = (ROOT / "static/css/parts.css").read_text()
# A day, an hour, a phone or a number of the clinic, as a template prints it.
PRINTED = re.compile(r"\{\{[^}]*(?:\|(?:date|time):|phone\.as_|clinic_number|\.number_words)[^}]*\}\}")
PIECE = re.compile(
    r"\{#.*?#\}|\{%\s*blocktranslate\b.*?%\}(?P<words>.*?)\{%\s*endblocktranslate\s*%\}|\{%.*?%\}|\{\{.*?\}\}"
    r"|<(?P<end>/?)(?P<tag>[a-z][a-z0-9-]*)(?P<attributes>(?:\"(?:\{%.*?%\}|\{\{.*?\}\}|[^\"])*\"|'[^']*'"
    r"|\{%.*?%\}|\{\{.*?\}\}|[^>\"'])*)>",
    re.DOTALL,
)
EMPTY = {"input", "br", "hr", "img", "meta", "link", "wbr", "source", "col"}
ISOLATES = {"time", "bdi", "del", "ins"}
BY_CLASS = re.compile(r'class="[^"]*\b(?:num|unit|person)\b|dir="(?:auto|ltr)"|href="tel:|href="\{\{[^}]*as_rfc3966')
TURNED = """
<table><tr><td id="cell"><span class="num">Wed 4 Mar 2026, 14:30</span></td></tr></table>
<p><time>4 Mar 2026 14:30:05</time> <del>0.5 mL</del> → <ins>1 mL</ins> <a href="tel:+4930">+49 30 901820</a></p>
<p class="num">4 Mar 2026</p>
"""


def bare(source: str) -> Iterator[str]:
    """What is printed with nothing around it that keeps it together; what stands in an attribute is no text."""
    inside: list[tuple[str, bool]] = []
    for piece in PIECE.finditer(source):
        tag = piece["tag"]
        if tag is None:
            if piece["words"] is None and PRINTED.search(piece[0]) and not any(kept for _tag, kept in inside[-2:]):
                yield piece[0]
        elif piece["end"]:
            while inside and inside.pop()[0] != tag:
                pass
        elif tag not in EMPTY:
            inside.append((tag, tag in ISOLATES or bool(BY_CLASS.search(piece["attributes"]))))


def test_a_bare_day_is_found_and_one_that_is_kept_together_is_not() -> None:
    day, phone = '{{ visit.starts_at|date:"j M Y" }}', "{{ clinic.phone.as_international }}"
    for wrong in (f"<td>{day}</td>", f"<p>{{% if x > 1 %}}{day}{{% endif %}}</p>", f"<dd>{phone}</dd>"):
        assert list(bare(wrong)), wrong
    for right in (
        f"<td><time>{day}</time></td>", f'<td class="x num">{day}</td>', f'<a href="tel:{phone}">{phone}</a>',
        f'<time datetime="{day}"><b>{day}</b></time>', f'<input value="{day}">',
    ):  # fmt: skip
        assert list(bare(right)) == [], right


def test_every_day_hour_and_phone_is_kept_together() -> None:
    files = {str(path.relative_to(TEMPLATES)): list(bare(path.read_text())) for path in TEMPLATES.rglob("*.html")}

    assert len(files) > 200
    assert {name: printed for name, printed in files.items() if printed} == {}


def test_the_letters_stand_in_their_order_on_a_page_that_runs_from_right_to_left(page: Page) -> None:
    page.set_content(f'<html dir="rtl"><style>{STYLE}</style><body>{TURNED}</body></html>')
    places = page.evaluate(
        """() => [...document.querySelectorAll("span.num, time, del, ins, a, p.num")].map(one => {
            const text = one.firstChild, range = document.createRange(), at = [];
            for (let i = 0; i < text.length; i++) {
                range.setStart(text, i); range.setEnd(text, i + 1);
                if (text.data[i] !== " ") at.push(range.getBoundingClientRect().left);
            }
            return at;
        })"""
    )

    assert len(places) == 6
    for at in places:
        assert at == sorted(at)
