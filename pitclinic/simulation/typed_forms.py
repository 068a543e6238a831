"""A page's form as a browser would send it back unchanged."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """Collects the fields of one form, the one with ``data-points`` when there are several."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._marker = marker
        self._depth = 0
        self._template = 0
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._depth = int(self._marker in said)
        elif tag == "template":
            self._template += 1
        elif self._depth and not self._template and "disabled" not in said:
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "input" and name:
            is_choice = said.get("type") in ("radio", "checkbox")
            if said.get("type") != "file" and (not is_choice or "checked" in said):
                self.found.append((name, said.get("value", "on" if is_choice else "")))
        elif tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((said.get("value", ""), "selected" in said))
        elif tag == "textarea" and name:
            self._area = (name, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._depth = 0
        elif tag == "template":
            self._template -= 1
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected] or [value for value, _no in options[:1]]
            self.found += [(name, value) for value in chosen]
            self._select = None
        elif tag == "textarea" and self._area:
            self.found.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None


def fields_of(page: str, *, marker: str) -> dict[str, list[str]]:
    """Name → values of the form whose tag has the attribute ``marker``; empty when the page has none."""
    parser = _Fields(marker)
    parser.feed(page)
    fields: dict[str, list[str]] = {}
    for name, value in parser.found:
        fields.setdefault(name, []).append(value)
    return fields
