"""What a procedure note and a letter say: the record in words, as the record page shows it.

All of it is the document's (``sessions.document``), but what came after the signature: voiding, co-signature, addenda.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries import logo_of
from common import phones
from common.countries import uses_letter_paper
from common.local_words import local_day_words, local_time_words, written_time_words
from common.papers import (
    Block,
    Column,
    Drawing,
    Facts,
    Heading,
    Items,
    Letterhead,
    Notice,
    Paper,
    Table,
    Words,
    isolated,
)
from sessions.choices import RecordStatus
from sessions.document.records import Time
from sessions.dose_rules import Totals
from sessions.nerve_maps import nerve_maps
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.rules.register import ALLERGY
from sessions.rules.table import RULES
from sessions.views.injection_session_pages import SessionPage
from sessions.views.record_pages import AnswerLine, PointLine, RecordPage, moment

DASH = "–"
_OVER_AN_ALLERGY = RULES["allergy"].id
# The tallest figure has 1,000 units; a number in its 12-unit circle is then as tall as small print.
MM_PER_UNIT = 0.16


def procedure_note(page: SessionPage) -> Paper:
    """The whole record; a draft and a voided record say so across every page."""
    record = recorded(page)
    return _paper(
        page,
        _("Procedure note"),
        (
            *_state(page),
            *_patient(record),
            *_treatment(record),
            *_points(record),
            *_pain(record),
            *_safety(record, withdrawn=page.since_signing.withdrawal),
            *_pictures(page),
            *_signatures(page),
            *_since_signing(page),
            *_addenda(page),
            *_maps(record),
        ),
    )


def letter(page: SessionPage, *, recipient: str, greeting: str, opening: str, closing: str) -> Paper:
    """What a referrer needs to know. The evidence is worded honestly and cannot be edited away (domain.md §1)."""
    record = recorded(page)
    signature = record.record.signature
    signer = signature.signed_by.name if signature else DASH
    return _paper(
        page,
        _("Letter about a treatment"),
        (
            Words(recipient),
            Words(_day(page.now, page)),
            Notice(_("About: %(patient)s") % {"patient": about(record)}),
            Words(greeting),
            *([Words(opening)] if opening.strip() else []),
            *_treatment(record),
            *_points(record),
            *_pain(record),
            *_consents_taken_back(record),
            *_allergies(record),
            Heading(_("What is known about this treatment")),
            Words(evidence()),
            *([Words(closing)] if closing.strip() else []),
            Words(_("Treated and signed by %(name)s.") % {"name": isolated(signer)}),
            *_since_signing(page),
            *_addenda(page),
            *_maps(record),
        ),
    )


def _consents_taken_back(page: RecordPage) -> Iterator[Block]:
    if page.withdrawals:
        yield Heading(_("Consent"))
        yield Facts(tuple(_withdrawals(page)))


def _allergies(page: RecordPage) -> Iterator[Block]:
    """What a referrer has to know of an allergy: what was told or is on file, and that it was treated all the same."""
    told = [
        _answer(row) for row in page.answers if row.answer.item == ALLERGY and (row.answer.is_concern or row.against)
    ]
    over = [f"{row.sentence} – {reason}" for row, reason in page.overrides if row.rule == _OVER_AN_ALLERGY]
    if told or over:
        yield Heading(_("Allergies"))
        yield Items((*told, *over))


def evidence() -> str:
    """Off-label, small evidence, no claim: domain.md §1 "Evidence status, honestly" and §9."""
    return _(
        "Injecting these solutions beside a nerve is off-label use. For superficial perineural injection there are "
        "small pilot studies and series without a comparison group; the better studies are of other, ultrasound-guided "
        "routes. In trials, groups with a sham treatment improve a lot as well. The scores above are what the patient "
        "said at that time; they do not show that the injections were the cause."
    )


def _paper(page: SessionPage, title: str, blocks: tuple[Block, ...]) -> Paper:
    session, record = page.session, recorded(page)
    foot = [about(record)]
    if session.content_sha256:
        foot.append(_("Record sealed with SHA-256 %(hash)s") % {"hash": session.content_sha256})
    clinic = page.actor.clinic
    return Paper(
        title=title,
        blocks=blocks,
        head=Letterhead(
            clinic.name, (*clinic.address.splitlines(), phones.shown(str(clinic.phone))), logo_of(clinic.pk)
        ),
        lang=translation.get_language() or "en",
        reader_language=record.record.patient.language,
        is_letter_size=uses_letter_paper(clinic.country),
        foot=tuple(foot),
        page_word=_("page {n} of {m}"),
        made_at=page.now.astimezone(page.actor.zone),
        watermark={RecordStatus.DRAFT: _("DRAFT"), RecordStatus.VOIDED: _("VOIDED")}.get(
            RecordStatus(session.status), ""
        ),
    )


def about(page: RecordPage) -> str:
    """Whose paper it is: name, birth date and every number, as the record has them."""
    named = _("%(name)s, born %(born)s") % {"name": isolated(page.patient_name), "born": page.patient_born}
    return ", ".join([named, *(f"{kind} {isolated(number)}" for kind, number in page.patient_numbers)])


def recorded(page: SessionPage) -> RecordPage:
    """Raises ``SessionRefusedError`` where this program cannot read the version that was signed."""
    if page.record is None:
        raise SessionRefusedError(
            _("This record was signed in a newer version of the program. Update the program to make a paper of it.")
        )
    return page.record


def _state(page: SessionPage) -> Iterator[Block]:
    session = page.session
    if session.status == RecordStatus.DRAFT:
        yield Notice(_("DRAFT: not signed, may still change."))
    if session.status == RecordStatus.VOIDED and session.voided_by and session.voided_at:
        words = {
            "name": isolated(session.voided_by.user.full_name),
            "when": _time(session.voided_at, page),
            "why": session.void_reason,
        }
        yield Notice(_("VOIDED by %(name)s on %(when)s: %(why)s") % words)


def _patient(page: RecordPage) -> Iterator[Block]:
    yield Heading(_("Patient"))
    yield Facts(((_("Name"), isolated(page.patient_name)), (_("Born"), page.patient_born), *page.patient_numbers))


def _treatment(page: RecordPage) -> Iterator[Block]:
    record = page.record
    rows = [
        (_("When"), _moment(record.started, page)),
        *((line.label, ", ".join(filter(None, [_moment(line.time, page), line.note]))) for line in page.times),
        (_("Clinician"), isolated(record.clinician.name)),
        (_("Course"), page.course or _("No course")),
        (_("Technique"), page.technique),
    ]
    if record.needle_gauge or record.needle_length_mm:
        gauge = f"{record.needle_gauge} G" if record.needle_gauge else DASH
        rows.append((_("Needle"), f"{gauge}, {_amount(record.needle_length_mm, None, 'mm')}"))
    if page.drawn_up:
        rows.append((_("Drawn up"), page.drawn_up))
    yield Heading(_("Treatment"))
    yield Facts(tuple(rows))


def _points(page: RecordPage) -> Iterator[Block]:
    columns = (
        Column(_("No."), is_number=True),
        Column(_("Nerve"), is_wide=True),
        Column(_("Side")),
        Column(_("Volume"), is_number=True),
        Column(_("Depth")),
        Column(_("Solution and lot"), is_wide=True),
    )
    rows = tuple(
        (
            str(row.point.number),
            _what(row),
            row.side,
            _amount(row.point.volume_ml, 2, "mL"),
            f"{row.depth} {_amount(row.point.depth_mm, None, 'mm', missing='')}".strip(),
            _from_what(row),
        )
        for row in page.points
    )
    totals = page.totals
    yield Heading(_("Points"))
    if not rows:
        yield Words(_("Nothing was injected."))
        return
    yield Table(_("Each injected point; left and right are the patient’s own."), columns, rows)
    yield Facts(
        (
            (_("Points"), str(totals.points)),
            (_("Volume"), _amount(totals.volume_ml, 2, "mL")),
            (_("Dextrose"), _amount(totals.dextrose_g, 3, "g")),
            *((name, _amount(dose, 1, "mg")) for name, dose in totals.anaesthetics_mg.items()),
            *_unknown_dose(totals),
        )
    )


def _unknown_dose(totals: Totals) -> Iterator[tuple[str, str]]:
    if totals.has_unknown_anaesthetic:
        yield _("Local anaesthetic"), _("partly unknown") if totals.anaesthetics_mg else _("unknown")


def _what(row: PointLine) -> str:
    """Nerve and kind of place, and the cycle of a point that was injected again."""
    cycle = _("cycle %(number)s") % {"number": row.point.cycle} if row.point.cycle else ""
    return ", ".join(filter(None, [row.nerve, row.place, cycle]))


def _from_what(row: PointLine) -> str:
    """Solution, lot and preparation of one point."""
    lot, preparation = row.point.lot, row.point.preparation
    words = [row.point.solution.name, lot.number if lot else ""]
    words.append(_("preparation %(code)s") % {"code": preparation.code} if preparation else "")
    words.append(row.holds)
    return ", ".join(filter(None, words))


def _maps(page: RecordPage) -> Iterator[Block]:
    """Each figure that has points on it; the table of the points is the legend of its numbers."""
    marks = [replace(row.mark, words=f"{row.nerve}, {row.side}") for row in page.points]
    maps = nerve_maps(marks, page.atlas).maps
    if maps:
        yield Heading(_("Where the points are"))
    for drawn in maps:
        legend = "; ".join(f"{spot.mark.number} {spot.mark.words}" for spot in drawn.spots)
        caption = drawn.figure.name
        if any(spot.is_usual for spot in drawn.spots):
            caption = _("%(figure)s. Dashed: nobody marked the place; the usual one of that nerve is shown.") % {
                "figure": caption
            }
        alt = f"{drawn.figure.name}: {legend}"
        yield Drawing(drawn.svg, alt, caption, height_mm=drawn.figure.height * MM_PER_UNIT)


def _pain(page: RecordPage) -> Iterator[Block]:
    columns = (
        Column(_("Question"), is_wide=True),
        Column(_("Before (asked at)"), is_number=True),
        Column(_("After (minutes after the last injection)"), is_wide=True),
        Column(_("Relief"), is_wide=True),
    )
    rows = tuple(
        (line.asked, line.before_words or DASH, line.after_words or DASH, line.words or DASH)
        for line in page.pain_lines
    )
    yield Heading(_("Pain, 0 to 10"))
    yield Table(_("What the patient said on the table; 10 is the worst pain."), columns, rows)
    notes = [
        (_("Movement"), page.record.provoked_movement),
        (_("No score after"), page.record.no_after_score_reason),
        (_("Observation"), page.observation_words),
        (_("Discharge check"), page.discharge_words),
    ]
    told = tuple((name, words) for name, words in notes if words)
    if told:
        yield Facts(told)


def _safety(page: RecordPage, *, withdrawn: str = "") -> Iterator[Block]:
    record, consent = page.record, page.consent
    yield Heading(_("Consent and safety"))
    given = (
        _("%(name)s (%(role)s) on %(day)s, wording %(version)s")
        % {
            "name": isolated(consent.signed_name),
            "role": page.consent_role,
            "day": moment(consent.given),
            "version": consent.wording_version,
        }
        if consent
        else DASH
    )
    if consent and consent.stated:
        said = {"name": isolated(consent.taken_by.name), "day": moment(consent.stated)}
        given = ", ".join([given, _("on paper, stated by %(name)s on %(day)s") % said])
    sharps = _("%(out)s opened, %(in)s disposed of") % {
        "out": DASH if record.sharps_out is None else record.sharps_out,
        "in": DASH if record.sharps_in is None else record.sharps_in,
    }
    stands = "; ".join(filter(None, [given, withdrawn]))
    yield Facts(((_("Consent"), stands), *_withdrawals(page), (_("Sharps"), sharps)))
    answers = tuple(_answer(row) for row in page.answers)
    if answers:
        yield Items(answers)
    yield from _time_outs(page)
    reasons = tuple(
        f"{row.rule} {row.sentence} – {reason} ({isolated(row.by.name)}, {_moment(row.at, page)})"
        for row, reason in page.overrides
    )
    if reasons:
        yield Heading(_("Findings that were answered with a reason"))
        yield Items(reasons)
    if record.note:
        yield Heading(_("Note"))
        yield Words(record.note)


def _withdrawals(page: RecordPage) -> Iterator[tuple[str, str]]:
    for line in page.withdrawals:
        yield _("Withdrawn"), line


def _time_outs(page: RecordPage) -> Iterator[Block]:
    rows = tuple(
        "; ".join(f"{label}: {text}" for label, text in row.said)
        + f" ({isolated(row.confirmed_by.name) if row.confirmed_by else DASH}, {_moment(row.confirmed, page)}"
        + (f", {order})" if order else ")")
        for row, order in page.ordered_time_outs
        if row.confirmed
    )
    yield Facts(((_("Time-out"), "" if rows else _("not confirmed")),))
    if rows:
        yield Items(rows)


def _answer(row: AnswerLine) -> str:
    answer = row.answer
    words = f"{answer.name}: {_('yes') if answer.is_yes else _('no')}"
    if answer.detail:
        words += f", {answer.detail}"
    if row.against:
        words += f". {row.against}"
    return _("CONCERN: %(words)s") % {"words": words} if answer.is_concern or row.against else words


def _pictures(page: SessionPage) -> Iterator[Block]:
    rows = [row for row in page.pictures if row.struck_at is None]
    if not rows:
        return
    yield Heading(_("Pictures kept with the record"))
    yield Items(
        tuple(
            f"{row.get_kind_display()}, {row.get_side_display()}{': ' if row.caption else ''}{row.caption} "
            f"(SHA-256 {row.sha256})"
            for row in rows
        )
    )


def _signatures(page: SessionPage) -> Iterator[Block]:
    record = recorded(page)
    signature = record.record.signature
    if signature is None:
        return
    yield Heading(_("Signature"))
    yield Facts(
        (
            (_("Signed by"), isolated(signature.signed_by.name)),
            (_("Signed"), _moment(signature.signed, record, seconds=True)),
            (_("Means"), record.statement),
            (_("Version"), str(record.record.record_version)),
            ("SHA-256", page.session.content_sha256),
        )
    )
    co_signing = page.co_signing
    if co_signing and co_signing.given:
        given = co_signing.given
        yield Facts(
            (
                (_("Co-signed by"), isolated(given.co_signed_by.user.full_name)),
                (_("Co-signed"), _time(given.co_signed_at, page, seconds=True)),
                (_("Means"), _("I have read this record and agree with it.")),
            )
        )


def _since_signing(page: SessionPage) -> Iterator[Block]:
    """What the record page says of it too."""
    rows = tuple(page.since_signing.sentences) if page.session.signed_at else ()
    if rows:
        yield Heading(_("Since the signature"))
        yield Items(rows)


def _addenda(page: SessionPage) -> Iterator[Block]:
    rows = list(page.session.addenda.select_related("written_by__user"))
    if not rows:
        return
    yield Heading(ngettext("Addendum", "Addenda", len(rows)))
    for row in rows:
        yield Words(f"{row.text}\n{isolated(row.written_by.user.full_name)}, {_time(row.written_at, page)}")


def _moment(time: Time, page: RecordPage, *, seconds: bool = False) -> str:
    """A time of the document on the clock of the clinic as it stood then."""
    return f"{written_time_words(time.local, seconds=seconds)} ({page.zone})"


def _time(at: datetime, page: SessionPage, *, seconds: bool = False) -> str:
    zone = page.actor.zone
    return f"{local_time_words(at, zone, seconds=seconds)} ({zone.key})"


def _day(at: datetime, page: SessionPage) -> str:
    return local_day_words(at, page.actor.zone)


def _amount(value: Decimal | float | None, places: int | None, unit: str, *, missing: str = DASH) -> str:
    """An amount with its unit and a space that never breaks."""
    if value is None:
        return missing
    number = round(Decimal(str(value)), places) if places is not None else Decimal(str(value)).normalize()
    return f"{formats.number_format(number, decimal_pos=places)}\u00a0{unit}"
