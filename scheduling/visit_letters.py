"""What a letter about visits says: who writes, when, where, whom to call. Nothing clinical: no type of visit, no name.

Pure: the booking pages show the same words before they are sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic
from common.languages import words_for
from patients.models import Patient
from scheduling.choices import News

_INTRODUCTIONS: dict[News, tuple[str | Promise, str | Promise]] = {
    News.BOOKED: (gettext_lazy("Your visit is booked:"), gettext_lazy("Your visits are booked:")),
    News.MOVED: (gettext_lazy("Your visit has a new time:"), gettext_lazy("Your visits have new times:")),
    News.CANCELLED: (
        gettext_lazy("This visit does not take place:"),
        gettext_lazy("These visits do not take place:"),
    ),
    News.TOMORROW: (
        gettext_lazy("This is a reminder of your visit:"),
        gettext_lazy("This is a reminder of your visits:"),
    ),
}


class Told(NamedTuple):
    """One thing to tell about a visit: its time as it now is (of a cancelled one: as it was)."""

    news: News
    starts_at: datetime
    was_starts_at: datetime | None = None


@dataclass(frozen=True)
class Reader:
    """Who is written to, by whom: names and zones, no ids."""

    sender_name: str
    phone: str
    clinic_zone: ZoneInfo
    zone: ZoneInfo
    language: str
    address: str = ""


@dataclass(frozen=True)
class VisitLetter:
    subject: str
    paragraphs: tuple[str, ...]


def reader_of(patient: Patient, clinic: Clinic) -> Reader:
    return Reader(
        sender_name=" ".join(clinic.sender_name.split()),
        phone=clinic.phone.as_international,
        clinic_zone=ZoneInfo(clinic.zone),
        zone=ZoneInfo(patient.zone),
        language=patient.language,
        address=clinic.address_in_a_line,
    )


def visit_letter(told: Sequence[Told], reader: Reader) -> VisitLetter:
    """The letter in the patient's language; several visits of one act stand in one letter, in the order of time."""
    with words_for(reader.language):
        paragraphs = [_news_of(news, told, reader) for news in News if any(one.news == news for one in told)]
        if any(one.news != News.CANCELLED for one in told):
            paragraphs += _where(reader)
            paragraphs.append(
                _("If you cannot come, please call {phone}, so that somebody else can have the time.").format(
                    phone=reader.phone
                )
            )
        else:
            paragraphs.append(_("For another time please call {phone}.").format(phone=reader.phone))
        paragraphs.append(_("Nobody reads answers to this message."))
        return VisitLetter(
            subject=_("{clinic}: your visit").format(clinic=reader.sender_name), paragraphs=tuple(paragraphs)
        )


def offer_letter(starts_at: datetime, expires_at: datetime, link: str, reader: Reader) -> VisitLetter:
    """A time became free: when, until when it is kept, and where to take it."""
    with words_for(reader.language):
        until = until_when(expires_at, reader)
        paragraphs = (
            _("{clinic}: a time has become free for you:").format(clinic=reader.sender_name)
            + f"\n{when(starts_at, reader)}",
            *_where(reader),
            _("It is kept for you until {until}. Take it, or say no, here:").format(until=until) + f"\n{link}",
            _(
                "You will be asked for your date of birth. If you do not answer, somebody else is asked;"
                " you stay on the list."
            ),
            _("Nobody reads answers to this message."),
        )
        return VisitLetter(subject=_("{clinic}: a free time").format(clinic=reader.sender_name), paragraphs=paragraphs)


def _where(reader: Reader) -> list[str]:
    return [_("Where: {address}").format(address=reader.address)] if reader.address else []


def _news_of(news: News, told: Sequence[Told], reader: Reader) -> str:
    rows = sorted((one for one in told if one.news == news), key=lambda one: one.starts_at)
    one_visit, several = _INTRODUCTIONS[news]
    first = f"{reader.sender_name}: {several if len(rows) > 1 else one_visit}"
    return "\n".join([first, *(_line(one, reader) for one in rows)])


def _line(one: Told, reader: Reader) -> str:
    now = when(one.starts_at, reader)
    if one.was_starts_at is None or one.was_starts_at == one.starts_at:
        return now
    before = when(one.was_starts_at, reader)
    if _is_one_clock(one.starts_at, reader) and _is_one_clock(one.was_starts_at, reader):
        return _("{now} (before: {before})").format(now=now, before=before)
    return _("{now}\nBefore: {before}").format(now=now, before=before)


def when(moment: datetime, reader: Reader) -> str:
    """``Tuesday, 8 September 2026, 09:00``: the clinic's clock, where the visit is; the patient's where it differs."""
    return _on_clocks(moment, reader, "l, j F Y, H:i")


def until_when(moment: datetime, reader: Reader) -> str:
    """``09:30``, with the clocks named as ``when`` names them."""
    return _on_clocks(moment, reader, "H:i")


def _on_clocks(moment: datetime, reader: Reader, shape: str) -> str:
    clinic = _wall(moment, reader.clinic_zone, shape)
    if _is_one_clock(moment, reader):
        return clinic
    return _("{clinic} by the clinic's clock ({clinic_place}; by your clock in {own_place}: {own})").format(
        clinic=clinic,
        clinic_place=_place(reader.clinic_zone),
        own_place=_place(reader.zone),
        own=_wall(moment, reader.zone, shape),
    )


def _is_one_clock(moment: datetime, reader: Reader) -> bool:
    return moment.astimezone(reader.zone).utcoffset() == moment.astimezone(reader.clinic_zone).utcoffset()


def _wall(moment: datetime, zone: ZoneInfo, shape: str) -> str:
    return str(date_format(moment.astimezone(zone), shape))


def _place(zone: ZoneInfo) -> str:
    """``New York`` for ``America/New_York``."""
    return zone.key.rpartition("/")[2].replace("_", " ")
