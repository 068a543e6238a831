"""What every template keeps: no inline style or script, no unsafe text, words through gettext."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from common.templatetags.display import has_icon

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NAMES = {"SHA", "ICD", "FHIR", "CSV"}  # the same in every language
IDS = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_a_template_carries_no_style_and_no_script_of_its_own(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"\bhx-on|\bhx-vals=['\"]js:|javascript:", text)
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [script for script in scripts if "src=" not in script and "application/json" not in script] == []


@pytest.mark.parametrize("name", IDS)
def test_a_template_can_be_read(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_every_icon_of_a_template_exists(path: Path) -> None:
    names = re.findall(r"""\{% icon ["']([\w-]+)["']|icon_name=["']([\w-]+)["']""", path.read_text())
    for name in {one or other for one, other in names}:
        assert has_icon(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_a_closed_dialog_asks_for_no_focus_of_the_page(path: Path) -> None:
    """A browser takes ``autofocus`` as a wish of the page, and complains where the address names a place on it."""
    for dialog in re.findall(r"<dialog\b.*?</dialog>", path.read_text(), flags=re.S):
        assert "autofocus" not in dialog


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_a_template_trusts_no_text(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_a_template_speaks_through_gettext(path: Path) -> None:
    """Letters outside tags, comments and template tags are untranslated words."""
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
    text = re.sub(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", "", text, flags=re.S)
    text = re.sub(r"\{% block body_class %\}.*?\{% endblock %\}", "", text)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    text = re.sub(r"<(script|kbd|code|svg)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"<!?[a-zA-Z/][^>]*>", " ", text, flags=re.S)
    text = re.sub(r"&\w+;", " ", text)
    words = re.findall(r"[A-Za-z]{3,}", text)
    assert [word for word in words if word not in NAMES] == []


def test_what_is_wrong_in_a_form_is_listed_once() -> None:
    """Crispy brings the summary of the form it writes (bootstrap5/errors.html)."""
    summary, whole_form = "partials/error_summary.html", re.compile(r"\{% crispy form\b|\{\{ form\|crispy")
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in TEMPLATES}
    assert [name for name, text in texts.items() if summary in text and whole_form.search(text)] == []
