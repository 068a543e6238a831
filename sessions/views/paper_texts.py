"""What a procedure note and a letter say: the record in words, as the record page shows it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import formats, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.queries import atlas
from common.papers import Block, Column, Drawing, Facts, Heading, Items, Notice, Paper, Table, Words
from sessions.choices import RecordStatus
from sessions.nerve_maps import Mark, nerve_maps
from sessions.views.injection_session_pages import PointLine, SessionPage

DASH = "–"
# The tallest figure has 1,000 units; a number in its 12-unit circle is then as tall as small print.
MM_PER_UNIT = 0.16


def procedure_note(page: SessionPage) -> Paper:
    """The whole record; a draft and a voided record say so across every page."""
    return _paper(
        page,
        _("Procedure note"),
        (
            *_state(page),
            *_patient(page),
            *_treatment(page),
            *_points(page),
            *_pain(page),
            *_safety(page),
            *_pictures(page),
            *_signatures(page),
            *_addenda(page),
            *_maps(page),
        ),
    )


def letter(page: SessionPage, *, recipient: str, greeting: str, opening: str, closing: str) -> Paper:
    """What a referrer needs to know. The evidence is worded honestly and cannot be edited away (domain.md §1)."""
    banner = _banner(page)
    about = _("About: %(name)s, born %(born)s") % {"name": banner[0], "born": banner[1]}
    signer = page.session.signed_by.user.full_name if page.session.signed_by else DASH
    return _paper(
        page,
        _("Letter about a treatment"),
        (
            Words(recipient),
            Words(_day(page.now, page)),
            Notice(", ".join([about, *(f"{kind} {number}" for kind, number in banner[2])])),
            Words(greeting),
            *([Words(opening)] if opening.strip() else []),
            *_treatment(page),
            *_points(page),
            *_pain(page),
            Heading(_("What is known about this treatment")),
            Words(evidence()),
            *([Words(closing)] if closing.strip() else []),
            Words(_("Treated and signed by %(name)s.") % {"name": signer}),
            *_addenda(page),
            *_maps(page),
        ),
    )


def evidence() -> str:
    """Off-label, small evidence, no claim: domain.md §1 "Evidence status, honestly" and §9."""
    return _(
        "Injecting these solutions beside a nerve is off-label use. For superficial perineural injection there are "
        "small pilot studies and series without a comparison group; the better studies are of other, ultrasound-guided "
        "routes. In trials, groups with a sham treatment improve a lot as well. The scores above are what the patient "
        "said at that time; they do not show that the injections were the cause."
    )


def _paper(page: SessionPage, title: str, blocks: tuple[Block, ...]) -> Paper:
    session, (name, born, _numbers) = page.session, _banner(page)
    foot = [_("%(name)s, born %(born)s") % {"name": name, "born": born}]
    if session.content_sha256:
        foot.append(_("Record sealed with SHA-256 %(hash)s") % {"hash": session.content_sha256})
    return Paper(
        title=title,
        blocks=blocks,
        sender=f"{session.clinic.sender_name}, {session.clinic.phone}",
        lang=translation.get_language() or "en",
        foot=tuple(foot),
        page_word=_("page {n} of {m}"),
        made_at=page.now,
        watermark={RecordStatus.DRAFT: _("DRAFT"), RecordStatus.VOIDED: _("VOIDED")}.get(
            RecordStatus(session.status), ""
        ),
    )


def _banner(page: SessionPage) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    shown = page.banner
    if shown is None:
        raise LookupError("The patient of a visible session is visible.")
    return shown.name, formats.date_format(shown.birth_date, "j M Y"), shown.identifiers


def _state(page: SessionPage) -> Iterator[Block]:
    session = page.session
    if session.status == RecordStatus.DRAFT:
        yield Notice(_("DRAFT: not signed, may still change."))
    if session.status == RecordStatus.VOIDED and session.voided_by and session.voided_at:
        words = {
            "name": session.voided_by.user.full_name,
            "when": _time(session.voided_at, page),
            "why": session.void_reason,
        }
        yield Notice(_("VOIDED by %(name)s on %(when)s: %(why)s") % words)


def _patient(page: SessionPage) -> Iterator[Block]:
    name, born, numbers = _banner(page)
    yield Heading(_("Patient"))
    yield Facts(((_("Name"), name), (_("Born"), born), *numbers))


def _treatment(page: SessionPage) -> Iterator[Block]:
    session = page.session
    condition = session.course.patient_condition if session.course else None
    rows = [
        (_("When"), _time(session.started_at, page)),
        (_("Clinician"), session.clinician.user.full_name),
        (_("Course"), f"{condition.name} {condition.get_side_display()}".strip() if condition else _("No course")),
        (_("Technique"), f"{session.technique.name}, {session.get_guidance_display()}"),
    ]
    if session.needle_gauge or session.needle_length_mm:
        gauge = f"{session.needle_gauge} G" if session.needle_gauge else DASH
        rows.append((_("Needle"), f"{gauge}, {_amount(session.needle_length_mm, None, 'mm')}"))
    if session.amount_drawn_ml is not None:
        rows.append((_("Drawn up"), _amount(session.amount_drawn_ml, 1, "mL")))
    yield Heading(_("Treatment"))
    yield Facts(tuple(rows))


def _points(page: SessionPage) -> Iterator[Block]:
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
            row.point.get_side_display(),
            _amount(row.point.volume_ml, 2, "mL"),
            f"{row.point.get_depth_display()} {_amount(row.point.depth_mm, None, 'mm', missing='')}".strip(),
            _from_what(row),
        )
        for row in page.point_rows
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
        )
    )


def _what(row: PointLine) -> str:
    """Nerve and kind of place, and the cycle of a point that was injected again."""
    cycle = _("cycle %(number)s") % {"number": row.point.cycle} if row.point.cycle else ""
    return ", ".join(filter(None, [row.nerve, row.place, cycle]))


def _from_what(row: PointLine) -> str:
    """Solution, lot and preparation of one point."""
    lot, preparation = row.point.lot, row.point.preparation
    words = [row.solution, lot.lot_number if lot else ""]
    words.append(_("preparation %(code)s") % {"code": preparation.code} if preparation else "")
    return ", ".join(filter(None, words))


def _maps(page: SessionPage) -> Iterator[Block]:
    """Each figure that has points on it; the table of the points is the legend of its numbers."""
    marks = [
        Mark(
            number=row.point.number,
            nerve=fact.nerve.code,
            side=row.point.side,
            words=f"{row.nerve}, {row.point.get_side_display()}",
            figure=row.point.figure_id,
            x=row.point.x,
            y=row.point.y,
        )
        for row, fact in zip(page.point_rows, page.loaded.point_facts, strict=True)
    ]
    maps = nerve_maps(marks, atlas()).maps
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


def _pain(page: SessionPage) -> Iterator[Block]:
    columns = (
        Column(_("Question"), is_wide=True),
        Column(_("Before"), is_number=True),
        Column(_("After (minutes after the last injection)"), is_wide=True),
        Column(_("Relief"), is_wide=True),
    )
    rows = tuple(
        (line.asked, _score(line.response.before), line.after_words or DASH, line.words or DASH)
        for line in page.pain_lines
    )
    yield Heading(_("Pain, 0 to 10"))
    yield Table(_("What the patient said on the table; 10 is the worst pain."), columns, rows)
    notes = [
        (_("Movement"), page.session.provoked_movement),
        (_("No score after"), page.session.no_after_score_reason),
        (_("Observation"), page.observation_words),
        (_("Discharge check"), page.discharge_words),
    ]
    told = tuple((name, words) for name, words in notes if words)
    if told:
        yield Facts(told)


def _safety(page: SessionPage) -> Iterator[Block]:
    session, consent = page.session, page.consent
    yield Heading(_("Consent and safety"))
    given = (
        _("%(name)s (%(role)s) on %(day)s, wording %(version)s")
        % {
            "name": consent.signed_name,
            "role": consent.get_signed_as_display(),
            "day": _day(consent.given_at, page),
            "version": consent.wording_version,
        }
        if consent
        else DASH
    )
    sharps = _("%(out)s opened, %(in)s disposed of") % {
        "out": DASH if session.sharps_out is None else session.sharps_out,
        "in": DASH if session.sharps_in is None else session.sharps_in,
    }
    yield Facts(((_("Consent"), given), (_("Sharps"), sharps)))
    answers = tuple(_answer(row.name, row.is_yes, row.is_concern, row.detail) for row in page.answer_rows)
    if answers:
        yield Items(answers)
    yield from _time_outs(page)
    reasons = tuple(
        f"{row.rule} {row.sentence} – {row.reason} ({row.overridden_by.user.full_name}, "
        f"{_time(row.overridden_at, page)})"
        for row in page.override_rows
    )
    if reasons:
        yield Heading(_("Went ahead all the same"))
        yield Items(reasons)
    if session.note:
        yield Heading(_("Note"))
        yield Words(session.note)


def _time_outs(page: SessionPage) -> Iterator[Block]:
    rows = tuple(
        "; ".join(f"{label}: {text}" for label, text in row.words)
        + f" ({row.confirmed_by.user.full_name if row.confirmed_by else DASH}, {_time(row.confirmed_at, page)})"
        for row in page.time_out_rows
        if row.confirmed_at
    )
    yield Facts(((_("Time-out"), "" if rows else _("not confirmed")),))
    if rows:
        yield Items(rows)


def _answer(name: str, is_yes: bool, is_concern: bool, detail: str) -> str:
    words = f"{name}: {_('yes') if is_yes else _('no')}"
    if detail:
        words += f", {detail}"
    return _("CONCERN: %(words)s") % {"words": words} if is_concern else words


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
    session = page.session
    if session.signed_at is None or session.signed_by is None:
        return
    yield Heading(_("Signature"))
    yield Facts(
        (
            (_("Signed by"), session.signed_by.user.full_name),
            (_("Signed"), _time(session.signed_at, page, seconds=True)),
            (_("Means"), page.meaning),
            (_("Version"), str(session.version)),
            ("SHA-256", session.content_sha256),
        )
    )
    co_signing = page.co_signing
    if co_signing and co_signing.given:
        given = co_signing.given
        yield Facts(
            (
                (_("Co-signed by"), given.co_signed_by.user.full_name),
                (_("Co-signed"), _time(given.co_signed_at, page, seconds=True)),
                (_("Means"), _("I have read this record and agree with it.")),
            )
        )
    elif co_signing and co_signing.waits:
        yield Notice(_("This record still waits for a co-signature."))


def _addenda(page: SessionPage) -> Iterator[Block]:
    rows = list(page.session.addenda.select_related("written_by__user"))
    if not rows:
        return
    yield Heading(ngettext("Addendum", "Addenda", len(rows)))
    for row in rows:
        yield Words(f"{row.text}\n{row.written_by.user.full_name}, {_time(row.written_at, page)}")


def _time(moment: datetime, page: SessionPage, *, seconds: bool = False) -> str:
    zone = page.actor.zone
    return f"{formats.date_format(localtime(moment, zone), 'j M Y H:i:s' if seconds else 'j M Y H:i')} ({zone.key})"


def _day(moment: datetime, page: SessionPage) -> str:
    return formats.date_format(localtime(moment, page.actor.zone), "j M Y")


def _score(value: int | None) -> str:
    return DASH if value is None else str(value)


def _amount(value: Decimal | float | None, places: int | None, unit: str, *, missing: str = DASH) -> str:
    """An amount with its unit and a space that never breaks."""
    if value is None:
        return missing
    number = round(Decimal(str(value)), places) if places is not None else Decimal(str(value)).normalize()
    return f"{formats.number_format(number, decimal_pos=places)}\u00a0{unit}"
