"""How old somebody is, as a number and in words: the one place that counts it."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import ngettext

DAYS_UNTIL = 28  # from four weeks on in weeks
WEEKS_UNTIL_MONTHS = 4
MONTHS_UNTIL_YEARS = 2


def years_on(born: date, day: date) -> int:
    """Completed years. Who was born on 29 February is a year older on 1 March where the year has no such day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_on(born: date, day: date) -> int:
    """Completed months; a month without that day is complete on the first of the next."""
    return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)


def in_words(born: date, day: date) -> str:
    """Days under four weeks, weeks under four months, months under two years, then years."""
    days = max((day - born).days, 0)
    if days < DAYS_UNTIL:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    months, years = months_on(born, day), years_on(born, day)
    if months < WEEKS_UNTIL_MONTHS:
        return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}
    if years < MONTHS_UNTIL_YEARS:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(years)s year", "%(years)s years", years) % {"years": years}


def birth_date_in_words(born: date, day: date) -> str:
    """``4 March 1981, 45 years``: said back to whoever typed it, so that a slip in the month or the year is seen."""
    words = date_format(born, "j F Y")
    return f"{words}, {in_words(born, day)}" if born <= day else words
