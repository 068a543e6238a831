"""Rules about what was injected: volume, strength, lot, allergy, anaesthetic."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from sessions.dose_rules import summed_fraction, totals
from sessions.rules.clock import times, written_day
from sessions.rules.facts import Lot, Point, Preparation, Session, Solution
from sessions.rules.register import ALLERGY
from sessions.rules.table import RULES, Finding, _

_PERCENT_MIN, _PERCENT_MAX = Decimal(1), Decimal(50)
_TOLD = _("told at the safety questions")


def plain(number: Decimal) -> str:
    """The number without trailing zeros: ``0.5``, ``40``."""
    return f"{number.normalize():f}"


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or that month's last day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def point_volumes(session: Session) -> Iterator[Finding]:
    """V16, V17."""
    for point in session.points:
        limit = session.limits.point_ml_deep if point.is_deep else session.limits.point_ml_subcutaneous
        words = (("number", str(point.number)), ("volume", plain(point.volume_ml)), ("limit", plain(limit)))
        if point.volume_ml <= 0:
            yield Finding(RULES["volume_zero"], str(point.number), words)
        elif point.volume_ml > limit:
            subject = f"{point.number} {point.nerve.code} {point.side} {plain(point.volume_ml)}"
            yield Finding(RULES["volume_point"], subject, words)


def nerve_volumes(session: Session) -> Iterator[Finding]:
    """V17 along one nerve: domain.md §4 counts hydrodissection per nerve, however many points it is given in."""
    limit = session.limits.point_ml_deep
    deep: dict[tuple[str, str], list[Point]] = {}
    for point in session.points:
        if point.is_deep:
            deep.setdefault((point.nerve.code, point.side), []).append(point)
    for (code, side), points in deep.items():
        volume = sum((point.volume_ml for point in points), Decimal(0))
        if len(points) > 1 and volume > limit:
            words = (("nerve", points[0].nerve.name), ("volume", plain(volume)), ("limit", plain(limit)))
            yield Finding(RULES["volume_nerve"], f"{code} {side} {plain(volume)}", words)


def session_volume(session: Session) -> Iterator[Finding]:
    """V18: the clinic's limit for the depth of the technique warns; its ceiling stops."""
    limits, volume = session.limits, sum((point.volume_ml for point in session.points), Decimal(0))
    limit = limits.session_ml_deep if session.technique.is_deep else limits.session_ml_subcutaneous
    if limits.session_ml_ceiling is not None and volume > limits.session_ml_ceiling:
        words = (("volume", plain(volume)), ("limit", plain(limits.session_ml_ceiling)))
        yield Finding(RULES["volume_ceiling"], plain(volume), words)
    elif volume > limit:
        yield Finding(RULES["volume_session"], plain(volume), (("volume", plain(volume)), ("limit", plain(limit))))


def protocol_volume(session: Session) -> Iterator[Finding]:
    """V18: a solution whose protocol names a total (domain.md §4: DEX20_MIX 5 mL)."""
    for solution, volume in _by_solution(session).values():
        if solution.max_total_ml is not None and volume > solution.max_total_ml:
            words = (
                ("solution", solution.name),
                ("volume", plain(volume)),
                ("limit", plain(solution.max_total_ml)),
            )
            yield Finding(RULES["volume_solution"], f"{solution.code} {plain(volume)}", words)


def drawn_amount(session: Session) -> Iterator[Finding]:
    """V19: within ± 5 % of what was drawn up."""
    drawn = session.amount_drawn_ml
    volume = sum((point.volume_ml for point in session.points), Decimal(0))
    if drawn is not None and abs(volume - drawn) > drawn * session.limits.drawn_tolerance:
        words = (("drawn", plain(drawn)), ("volume", plain(volume)))
        yield Finding(RULES["drawn_differs"], f"{plain(drawn)} {plain(volume)}", words)


def strength(session: Session) -> Iterator[Finding]:
    """V22."""
    limit = session.technique.warn_dextrose_percent
    for solution, _volume in _by_solution(session).values():
        percent = solution.dextrose_percent
        if percent is None:
            continue
        if not _PERCENT_MIN <= percent <= _PERCENT_MAX:
            yield Finding(RULES["dextrose_range"], solution.code, (("solution", solution.name),))
        elif limit is not None and percent > limit:
            words = (("solution", solution.name), ("limit", plain(limit)), ("technique", session.technique.name))
            yield Finding(RULES["dextrose_strong"], solution.code, words)


def anaesthetic(session: Session) -> Iterator[Finding]:
    """V20, V21: a recent weight, and the summed fraction of the lowest maximum on file for it."""
    limits = session.limits
    with_anaesthetic = [s for s, _volume in _by_solution(session).values() if s.has_local_anaesthetic]
    if not with_anaesthetic:
        return
    oldest = months_before(session.today, limits.months_of_weight)
    if session.weight_date is None or session.weight_date < oldest:
        for solution in with_anaesthetic:
            words = (("solution", solution.name), ("months", str(limits.months_of_weight)))
            yield Finding(RULES["weight_missing"], solution.code, words)
        return
    yield from _anaesthetic_dose(session)


def _anaesthetic_dose(session: Session) -> Iterator[Finding]:
    sums = totals(session.amounts)
    known = {name: mg for name, mg in sums.most_mg.items() if name in session.maximum_mg}
    fraction = summed_fraction((mg, session.maximum_mg[name]) for name, mg in known.items())
    percent = plain((fraction * 100).quantize(Decimal("0.1")))
    if fraction > session.limits.anaesthetic_fraction_stop:
        yield Finding(RULES["anaesthetic_stop"], percent, (("percent", percent),))
    elif fraction > session.limits.anaesthetic_fraction_warn:
        yield Finding(RULES["anaesthetic_warn"], percent, (("percent", percent),))
    if sums.has_uncounted_anaesthetic or len(known) < len(sums.most_mg):
        yield Finding(RULES["anaesthetic_unknown"], "")


def lots(session: Session) -> Iterator[Finding]:
    """V23, and P02 where neither lot nor preparation is named."""
    for point in session.points:
        if point.lot is None and point.preparation is None:
            yield Finding(RULES["no_lot"], point.solution.code, (("solution", point.solution.name),))
        elif point.lot is not None:
            yield from _lot(session, point, point.lot)


def _lot(session: Session, point: Point, lot: Lot) -> Iterator[Finding]:
    words = (("lot", lot.number), ("date", written_day(lot.expiry_date)), ("solution", point.solution.name))
    if lot.expiry_date < session.treated_date:
        yield Finding(RULES["lot_expired"], lot.number, words)
    yield from _quarantine(session, lot, [point.cycle])
    made = point.preparation
    fits = lot.solution_code == point.solution.code if made is None else lot.number in {one.number for one in made.lots}
    if not fits:
        yield Finding(RULES["lot_other"], f"{point.number} {lot.number}", words)


def _quarantine(session: Session, lot: Lot, cycles: Iterable[int]) -> Iterator[Finding]:
    """What was injected before its lot was set aside is what was injected: said, and signed."""
    if not lot.is_quarantined:
        return
    at = lot.quarantined_at
    injected = [session.injected_by(cycle) for cycle in cycles]
    if at is not None and all(by is not None and by < at for by in injected):
        needle = session.needle_at or max(by for by in injected if by is not None)
        said = times(session, at=at, needle=needle)
        subject = f"{lot.number} {said['at']} {said['needle']}"
        yield Finding(RULES["lot_quarantined_later"], subject, (("lot", lot.number), *said.items()))
    else:
        since = f" ({times(session, at=at)['at']})" if at is not None else ""
        yield Finding(RULES["lot_quarantined"], lot.number, (("lot", lot.number), ("since", since)))


def lots_are_of_today(session: Session) -> Iterator[Finding]:
    """P11: a lot by itself is one nobody chose today where nothing of it was opened, or beside a tray of the same
    solution that does not hold it."""
    alone = {point.lot.number: point.lot for point in session.points if point.lot and point.preparation is None}
    for lot in alone.values():
        if lot.is_unopened:
            yield Finding(RULES["lot_unopened"], lot.number, (("lot", lot.number),))
    yield from _beside_the_tray(session)


def _beside_the_tray(session: Session) -> Iterator[Finding]:
    tray = session.tray
    if tray is None:
        return
    own = {lot.number for lot in tray.lots}
    for point in session.points:
        lot = point.lot if point.preparation is None and point.solution.code == tray.solution_code else None
        if lot is not None and lot.number not in own:
            words = (("lot", lot.number), ("code", tray.code))
            yield Finding(RULES["lot_beside_tray"], f"{lot.number} {tray.code}", words)


def points_are_from_the_tray(session: Session) -> Iterator[Finding]:
    """P15: the tray that the page shows is what the record names, or somebody says why it is not. A point that names no
    bottle says nothing of the tray either, whatever its solution."""
    tray = session.tray
    if tray is None:
        return
    others: dict[str, list[str]] = {}
    for point in session.points:
        is_named = point.preparation is not None or point.lot is not None
        own = point.preparation.code if point.preparation is not None else tray.code if is_named else ""
        if own != tray.code:
            others.setdefault(own, []).append(str(point.number))
    for own, numbers in others.items():
        words = (("numbers", ", ".join(numbers)), ("own", own), ("code", tray.code))
        rule = RULES["tray_differs" if own else "tray_unnamed"]
        yield Finding(rule, f"{own} {tray.code} {len(numbers)}".strip(), words)


def preparations(session: Session) -> Iterator[Finding]:
    """V23 and V24 for what was mixed or opened; P05 where more was given than was made."""
    given_at = session.first_injected_at or session.started_at or session.now
    for made in {point.preparation.code: point.preparation for point in session.points if point.preparation}.values():
        words = (("code", made.code),)
        if made.beyond_use_at < given_at:
            said = times(session, time=made.beyond_use_at, needle=given_at)
            yield Finding(RULES["past_use"], made.code, (*words, ("time", said["time"])))
        if made.discarded_at is not None and made.discarded_at <= given_at:
            yield Finding(RULES["preparation_discarded"], made.code, words)
        if _is_unchecked(made, session.first_injected_at or session.now):
            yield Finding(RULES["preparation_unchecked"], made.code, words)
        for container in made.shared:
            yield Finding(RULES["container_shared"], f"{made.code} {container}", (*words, ("container", container)))
        yield from _lots_of(session, made)
        if made.given_ml > made.volume_ml:
            held = (("held", plain(made.volume_ml)), ("given", plain(made.given_ml)))
            yield Finding(RULES["preparation_overdrawn"], f"{made.code} {plain(made.given_ml)}", (*words, *held))


def _is_unchecked(made: Preparation, needle_at: datetime) -> bool:
    return made.needs_check and (made.checked_at is None or made.checked_at > needle_at)


def _lots_of(session: Session, made: Preparation) -> Iterator[Finding]:
    for lot in made.lots:
        words = (("lot", lot.number), ("date", written_day(lot.expiry_date)))
        if lot.expiry_date < session.treated_date:
            yield Finding(RULES["lot_expired"], lot.number, words)
        cycles = [point.cycle for point in session.points if point.preparation == made]
        yield from _quarantine(session, lot, cycles)


def allergies(session: Session) -> Iterator[Finding]:
    """V25: dextrose is made from corn. A yes to the allergy question counts for all that is given, unless it says no
    more than the register, which is matched by itself: of what is told today nobody has said what it is about."""
    known = session.known.get(ALLERGY)
    told = [answer.detail for answer in session.concerns if answer.item == ALLERGY]
    says_yes = any(known is None or detail not in ("", known.words) for detail in told)
    for solution, _volume in _by_solution(session).values():
        matched = sorted(session.allergies & _substances(solution))
        if not matched and says_yes:
            matched = [_TOLD]
        for substance in matched:
            own = session.allergy_words.get(substance, substance)
            words = (("substance", own[:180]), ("solution", solution.name))
            yield Finding(RULES["allergy"], f"{substance} {solution.code}", words)


def _substances(solution: Solution) -> set[str]:
    found = {"corn", "dextrose"} if solution.has_corn_dextrose else set()
    return found | ({"local_anaesthetic"} if solution.has_local_anaesthetic else set())


def _by_solution(session: Session) -> dict[str, tuple[Solution, Decimal]]:
    sums: dict[str, tuple[Solution, Decimal]] = {}
    for point in session.points:
        before = sums.get(point.solution.code, (point.solution, Decimal(0)))[1]
        sums[point.solution.code] = (point.solution, before + point.volume_ml)
    return sums


AMOUNT_CHECKS = (
    point_volumes,
    nerve_volumes,
    session_volume,
    protocol_volume,
    drawn_amount,
    strength,
    anaesthetic,
    lots,
    lots_are_of_today,
    points_are_from_the_tray,
    preparations,
    allergies,
)
