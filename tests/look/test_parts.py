"""The shared parts say what they should."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.urls import reverse

from accounts.choices import Role
from common.templatetags.display import grams, hours, icon, ml, nrs
from pitclinic.navigation import ENTRIES, Entry, links_for
from pitclinic.templatetags.look import STATUS_LOOKS, undo_url
from tests.look.pages import draw, request_of


def test_amounts_carry_their_unit_and_never_break_from_it() -> None:
    assert ml(1.5) == '<span class="num">1.50\u00a0<span class="unit">mL</span></span>'
    assert "0.125" in grams(0.125)
    assert hours(None) == "–"


def test_a_pain_score_always_shows_its_number() -> None:
    assert nrs(7) == '<span class="nrs nrs-7">7</span>'
    assert nrs(None) == "–"


def test_an_icon_is_decoration_unless_it_has_words() -> None:
    assert 'aria-hidden="true"' in icon("lock")
    assert 'aria-label="Signed"' in icon("lock", "Signed")
    assert "style=" not in icon("lock")


@pytest.mark.parametrize("status", STATUS_LOOKS)
def test_every_status_has_an_icon_that_exists(status: str) -> None:
    assert "<svg" in icon(STATUS_LOOKS[status].icon)


@pytest.mark.parametrize(
    ("tags", "url"),
    [
        ("undo:/visits/1/back/", "/visits/1/back/"),
        ("", ""),
        ("undo://elsewhere.example/", ""),
        ("undo:/\\elsewhere.example/", ""),
    ],
)
def test_undo_goes_to_our_own_pages_only(tags: str, url: str) -> None:
    assert undo_url(Message(constants.SUCCESS, "Done", extra_tags=tags)) == url


@pytest.mark.parametrize("role", list(Role))
def test_the_navigation_shows_what_the_role_may_open_and_nothing_else(role: Role) -> None:
    actor = request_of(role).actor  # type: ignore[attr-defined]
    shown = {str(link.label) for link in links_for(actor, "/")}
    assert shown <= {str(entry.label) for entry in ENTRIES if actor.may(entry.act)}
    assert list(links_for(None, "/")) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url_name)
def test_every_entry_of_the_navigation_leads_somewhere(entry: Entry) -> None:
    assert reverse(entry.url_name).startswith("/")


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    html = draw(name, request=None, actor=None, messages=[], csrf_token="", demo_mode=False)
    assert "<h1>" in html
    assert "<form" not in html
