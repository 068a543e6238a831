"""What the database leaves of the days once the claims are taken out, against the same done plainly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.tenancy import tenant
from scheduling.models import Claim
from scheduling.queries.gaps import Gaps, both, gaps_of
from scheduling.services.places import SlotTakenError
from scheduling.spans import Span, merged, without
from tests.scheduling.conftest import NOW, Practice, at

START = datetime(2026, 9, 7, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def _spans(numbers: list[tuple[int, int]]) -> list[Span]:
    return merged((START + QUARTER * first, START + QUARTER * (first + length)) for first, length in numbers)


def _quarters(spans: list[Span]) -> set[datetime]:
    return {start + QUARTER * n for start, end in spans for n in range((end - start) // QUARTER)}


some_spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=8).map(_spans)


@given(left=some_spans, right=some_spans)
def test_what_lies_in_both_is_in_each_and_nothing_else(left: list[Span], right: list[Span]) -> None:
    found = list(both(left, right))

    assert _quarters(found) == _quarters(left) & _quarters(right)
    assert found == sorted(found)


def _ask(practice: Practice, resource: Any, wanted: list[Span], **changes: Any) -> Gaps:
    given: dict[str, Any] = {"at_least": QUARTER, "now": NOW} | changes
    with tenant(practice.clinic.pk, actor="test"):
        return gaps_of(by=practice.desk, resources=[resource], wanted=wanted, **given)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    booked=st.lists(st.integers(0, 35), max_size=9),
    wanted=some_spans.filter(bool),
    at_least=st.sampled_from([QUARTER, QUARTER * 2, QUARTER * 4]),
)
def test_the_gaps_are_the_days_without_the_claims(
    practice: Practice, booked: list[int], wanted: list[Span], at_least: timedelta
) -> None:
    clinician = practice.another_clinician()
    for number in booked:
        try:
            # Nobody's hours are asked: it is the claims that count.
            starts_at = at(8) + QUARTER * number
            practice.book(clinician=clinician, starts_at=starts_at, is_override=True)
        except SlotTakenError:
            continue
    taken = Claim.objects.filter(resource_id=clinician.pk).values_list("starts_at", "free_at")
    plainly = [span for span in without(wanted, taken) if span[1] - span[0] >= at_least]

    assert list(_ask(practice, clinician.pk, wanted, at_least=at_least).of(clinician.pk)) == plainly


def test_what_is_taken_throughout_has_no_gap(practice: Practice) -> None:
    practice.book(starts_at=at(10))
    clinician = practice.clinician.pk

    found = _ask(practice, clinician, [(at(10), at(10, 30))])

    assert list(found.of(clinician)) == []
    assert not found.is_free(clinician, (at(10), at(10, 15)))


def test_a_visit_that_is_about_to_be_moved_stands_in_nobodys_way(practice: Practice) -> None:
    visit = practice.book(starts_at=at(10))
    clinician, hour = practice.clinician.pk, (at(10), at(11))

    assert not _ask(practice, clinician, [hour]).is_free(clinician, hour)
    assert _ask(practice, clinician, [hour], left_out=[visit.pk]).is_free(clinician, hour)
