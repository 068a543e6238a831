"""A page's form as a browser would send it back."""

from collections.abc import Iterator
from html.parser import HTMLParser

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and self._is_sent(given):
            self._add(given["name"], given.get("value", "on" if "checked" in given else ""))
        elif tag == "textarea":
            self._text = given["name"]
            self._add(self._text, "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and ("selected" in given):
            self._add(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text:
            values = self.forms[-1][self._text]
            values[-1] += data

    @staticmethod
    def _is_sent(given: dict[str, str]) -> bool:
        if not given.get("name") or given.get("type") in {"submit", "button", "file"}:
            return False
        return given.get("type") not in {"checkbox", "radio"} or "checked" in given

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].setdefault(name, []).append(value)


def forms_of(page: bytes) -> Iterator[Fields]:
    parser = _Forms()
    parser.feed(page.decode())
    yield from parser.forms


def form_with(page: bytes, *names: str) -> Fields:
    """The page's one form that has these fields; a text area's first line break is the tag's own."""
    (found,) = [form for form in forms_of(page) if set(names) <= set(form)]
    return {name: [value.removeprefix("\n") for value in values] for name, values in found.items()}
