"""A key is read back as it was written, and nothing else that stands in an address is taken for one."""

from hypothesis import given
from hypothesis import strategies as st

from common.link_keys import parts_of, token_of

CODES = st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=6, max_size=6)


@given(CODES, st.text(max_size=80))
def test_a_key_is_read_back_as_it_was_written_and_is_the_same_each_time(code: str, subject: str) -> None:
    token = token_of("tests", subject)
    assert parts_of(f"{code}-{token}") == (code, token)
    assert token_of("tests", subject) == token != token_of("others", subject)


@given(st.text(max_size=80))
def test_whatever_stands_in_an_address_is_a_key_in_two_parts_or_none(text: str) -> None:
    parts = parts_of(text)
    assert parts is None or "-".join(parts) == text
