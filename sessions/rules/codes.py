"""V08: the ICD-10-CM code of the course's condition on the day of the visit.

domain.md §11 gives the rule both levels: what is no code at all stops, and so does the heading of more exact codes; a
code that leaves the side open, or that was a code in another fiscal year only, asks.
"""

from collections.abc import Iterator

from catalogue.icd10cm_years import Standing, standing
from sessions.rules.facts import Session
from sessions.rules.table import RULES, Finding

_STOPS = {Standing.UNKNOWN: "code_malformed", Standing.HEADING: "code_heading"}


def code_is_valid(session: Session) -> Iterator[Finding]:
    treated = session.condition
    if not treated.code:
        return
    words = (("code", treated.code), ("side", treated.side))
    known = standing(treated.code, session.today)
    if known in _STOPS:
        yield Finding(RULES[_STOPS[known]], treated.code, words)
        return
    right_one = dict(treated.codes_of_sides).get(treated.side)
    if right_one is not None and treated.code != right_one:
        yield Finding(RULES["code_without_side"], treated.code, words)
    is_retired = treated.expired_date is not None and treated.expired_date <= session.today
    if is_retired or known == Standing.ANOTHER_YEAR:
        yield Finding(RULES["code_expired"], treated.code, words)


CODE_CHECKS = (code_is_valid,)
