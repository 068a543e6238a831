"""What a clinician does, counted: each tap, each click, each key pressed; a chord is as many keys as it has."""

from playwright.sync_api import Locator, Page


class Actions:
    """Drives a page and counts. Waiting and looking are free; nothing here sets a value without a hand."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.has_touch = bool(page.evaluate("navigator.maxTouchPoints > 0"))

    def tap(self, target: Locator) -> None:
        """By finger where the page has one, else by pointer."""
        self.count += 1
        if self.has_touch:
            target.tap()
        else:
            target.click()

    def press(self, chord: str) -> None:
        """``Alt+R`` is two keys."""
        self.count += len(chord.split("+"))
        self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        """A word of five letters is five."""
        self.count += len(text)
        self.page.keyboard.type(text)
