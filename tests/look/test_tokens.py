"""The colours: legible in both themes, and in one file only."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()

# (text, ground): 4.5 : 1
TEXTS = [
    ("--bs-body-color", "--bs-body-bg"),
    ("--bs-body-color", "--bs-tertiary-bg"),
    ("--bs-secondary-color", "--bs-body-bg"),
    ("--bs-secondary-color", "--bs-tertiary-bg"),
    ("--bs-secondary-color", "--bs-primary-bg-subtle"),
    ("--bs-tertiary-color", "--pit-field-bg"),
    ("--bs-link-color", "--bs-body-bg"),
    ("--bs-link-color", "--bs-tertiary-bg"),
    ("--bs-primary-text-emphasis", "--bs-primary-bg-subtle"),
    ("--bs-success-text-emphasis", "--bs-success-bg-subtle"),
    ("--bs-warning-text-emphasis", "--bs-warning-bg-subtle"),
    ("--bs-danger-text-emphasis", "--bs-danger-bg-subtle"),
    ("--bs-secondary-text-emphasis", "--bs-secondary-bg-subtle"),
    ("--bs-form-invalid-color", "--bs-body-bg"),
    ("--pit-on-primary", "--bs-primary"),
    ("--pit-on-primary", "--pit-primary-hover"),
    ("--pit-on-danger", "--bs-danger"),
    ("--pit-bar-color", "--pit-bar-bg"),
    ("--pit-bar-color", "--pit-bar-hover"),
    ("--pit-nav-current-color", "--pit-nav-current-bg"),
    ("--bs-body-color", "--pit-row-hover"),
]
# (line or shape, ground): 3 : 1
SHAPES = [
    ("--pit-field-border", "--pit-field-bg"),
    ("--pit-series-1", "--bs-body-bg"),
    ("--pit-series-2", "--bs-body-bg"),
    ("--pit-series-3", "--bs-body-bg"),
    ("--pit-axis", "--bs-body-bg"),
    ("--pit-reference", "--pit-band"),
    ("--pit-focus", "--bs-body-bg"),
]


def declarations(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6}|rgba?\([^)]*\))", block))


def theme(name: str) -> dict[str, str]:
    found = re.search(rf'\n(?::root,\n)?\[data-bs-theme="{name}"\] \{{(.*?)\n\}}', TOKENS, re.S)
    assert found
    return declarations(found[1])


def device_dark() -> dict[str, str]:
    found = re.search(r"prefers-color-scheme: dark\) \{(.*?)\n\}", TOKENS, re.S)
    assert found
    return declarations(found[1])


def light_of(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 relative luminance contrast."""
    dark, light = sorted((light_of(one), light_of(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_reaches_the_contrast_of_wcag_aa(name: str) -> None:
    colours = theme(name)
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_line_and_border_that_carries_meaning_is_visible(name: str) -> None:
    colours = theme(name)
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in SHAPES}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_the_dark_of_the_device_is_the_dark_of_the_button() -> None:
    assert device_dark() == theme("dark")


def test_the_pain_ramp_gets_darker_with_every_step_and_its_numbers_stay_legible() -> None:
    colours = declarations(TOKENS)
    ramp = [colours[f"--pit-pain-{step}"] for step in range(11)]
    assert all(light_of(lighter) > light_of(darker) for lighter, darker in pairwise(ramp))
    assert min(contrast(ramp[step], colours[f"--pit-pain-{step}-ink"]) for step in range(11)) >= 4.5


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_no_other_file_sets_a_colour(path: Path) -> None:
    if path.name == "tokens.css":
        return
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|\brgba?\(|\bhsla?\(|\boklch\(", css) == []
    values = re.findall(r"(?:color|background|border[\w-]*|fill|stroke):\s*([^;]+);", css)
    named = re.compile(r"\b(black|white|red|green|blue|gr[ae]y|orange|yellow|silver|navy|teal)\b")
    assert [value for value in values if named.search(value)] == []


def test_every_colour_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--pit-[\w-]+):", TOKENS))
    used = {name for path in CSS.glob("*.css") for name in re.findall(r"var\((--pit-[\w-]+)", path.read_text())}
    assert used - defined == set()
