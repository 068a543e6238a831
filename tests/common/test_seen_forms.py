"""A save that came late: what was typed wins over what its page showed, and nothing else of a colleague's is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.seen_forms import SEEN, SeenForm, plain

Values = dict[str, Any]
# A busy machine is no fault.
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class SomeForm(SeenForm, forms.Form):
    words = forms.CharField(required=False, widget=forms.Textarea)
    number = forms.IntegerField(required=False)
    amount = forms.DecimalField(required=False)
    is_on = forms.BooleanField(required=False)
    day = forms.DateField(required=False)
    several = forms.MultipleChoiceField(required=False, choices=[(one, one.upper()) for one in "abc"])


VALUES = st.fixed_dictionaries(
    {
        "words": st.sampled_from(["", "a", "a b", "a\nb", "ä"]),
        "number": st.none() | st.sampled_from([0, 1, 20]),
        "amount": st.none() | st.sampled_from([Decimal("0"), Decimal("1.5"), Decimal("1.50"), Decimal("10")]),
        "is_on": st.booleans(),
        "day": st.none() | st.sampled_from([date(2026, 1, 2), date(2026, 2, 1)]),
        "several": st.sampled_from([[], ["a"], ["a", "b"], ["b", "a"], ["c"]]),
    }
)


def sent(values: Values, seen: str) -> QueryDict:
    """As a browser would send them: line breaks as CRLF, a box that is not ticked not at all."""
    data = QueryDict(mutable=True)
    data[SEEN] = seen
    for name, value in values.items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is not False:
            data[name] = "on" if value is True else str("" if value is None else value).replace("\n", "\r\n")
    return data


def texts(values: Values) -> dict[str, str]:
    return {name: plain(value) for name, value in values.items()}


@QUICK
@given(shown=VALUES, theirs=VALUES, mine=VALUES)
def test_a_late_save_tells_what_differs_and_the_next_one_merges(shown: Values, theirs: Values, mine: Values) -> None:
    was, stands, typed = texts(shown), texts(theirs), texts(mine)
    seen = str(SomeForm(initial=shown)[SEEN].value())
    late = SomeForm(sent(mine, seen), initial=theirs)
    assert late.is_valid(), late.errors

    found = late.differences()

    differing = {name for name in was if stands[name] not in {was[name], typed[name]}}
    assert {one.name for one in found} == differing
    assert {one.name for one in found if one.is_mine} == {name for name in differing if typed[name] != was[name]}
    late.reopen()
    again = SomeForm(late.data, initial=theirs)
    assert again.is_valid(), again.errors
    assert again.differences() == []
    merged = {name: typed[name] if typed[name] != was[name] else stands[name] for name in was}
    assert texts(again.cleaned_data) == merged


@QUICK
@given(theirs=VALUES, mine=VALUES)
def test_what_a_page_showed_is_taken_from_our_hand_only(theirs: Values, mine: Values) -> None:
    stands, typed = texts(theirs), texts(mine)
    for forged in ("", "e30:1abc:forged"):
        late = SomeForm(sent(mine, forged), initial=theirs)
        assert late.is_valid()
        assert {one.name for one in late.differences()} == {name for name in stands if stands[name] != typed[name]}
