"""V08: the ICD-10-CM code of the course's condition on the day of the visit.

domain.md §11 gives the rule both levels: what is no code at all stops; a code that leaves the side open, or that has
left the file, asks. The file is the catalogue's, which holds the codes of its own conditions and not a fiscal year's
list: a code of any other condition is checked for its shape alone.
"""

from collections.abc import Iterator

from catalogue.icd10cm import is_well_formed
from sessions.rules.facts import Session
from sessions.rules.table import RULES, Finding


def code_is_valid(session: Session) -> Iterator[Finding]:
    treated = session.condition
    if not treated.code:
        return
    words = (("code", treated.code), ("side", treated.side))
    if not is_well_formed(treated.code):
        yield Finding(RULES["code_malformed"], treated.code, words)
        return
    right_one = dict(treated.codes_of_sides).get(treated.side)
    if right_one is not None and treated.code != right_one:
        yield Finding(RULES["code_without_side"], treated.code, words)
    if treated.expired_date is not None and treated.expired_date <= session.today:
        yield Finding(RULES["code_expired"], treated.code, words)


CODE_CHECKS = (code_is_valid,)
