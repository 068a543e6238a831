"""Times and days inside the sentence of a finding, which is sealed: every one of them is written here.

As the record page writes them: on the clinic's clock, with the day wherever one of them is not the treatment's own.
"""

from datetime import date, datetime

from sessions.rules.facts import Session


def times(session: Session, **at: datetime) -> dict[str, str]:
    """All times of one sentence, by their names in it, in one form."""
    local = {name: one.astimezone(session.zone) for name, one in at.items()}
    is_of_the_day = all(one.date() == session.treated_date for one in local.values())
    return {name: f"{one:%H:%M}" if is_of_the_day else f"{written_day(one)} {one:%H:%M}" for name, one in local.items()}


def written_day(when: date) -> str:
    """A day of the calendar: 2 Mar 2026."""
    return f"{when.day} {when:%b %Y}"
