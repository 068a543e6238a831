"""Keep a time-out: what was shown, what of it was confirmed, and by whom it was finished."""

from dataclasses import replace
from datetime import datetime

from accounts.actors import Actor
from sessions.choices import TimeOutItem
from sessions.drafts import TimeOutRow
from sessions.models import TimeOut
from sessions.policies.injection_sessions import author_of
from sessions.queries.injection_sessions import Loaded
from sessions.queries.time_outs import TimeOutCard
from sessions.rules.time_outs import as_json

_ALL = frozenset(TimeOutItem.values)


def save(loaded: Loaded, row: TimeOutRow | None, *, before: TimeOutCard, by: Actor, done_at: datetime) -> list[TimeOut]:
    """Store the ticks, if they were made at what the session holds now; for anything else they are worth nothing.

    ``done_at`` is when the last of them was ticked. ``before`` is the card as it was when this save began: what was
    confirmed before a consent that comes now is not confirmed with it. What is confirmed is never written again:
    whatever changes later lets it fall. Return the time-outs of the session as they are now.
    """
    card, rows = loaded.time_out_card, loaded.time_outs
    if row is None or row.fingerprint != card.token or not _is_of(card, before, row.said or card.said):
        return rows
    row = replace(row, items=row.items - card.closed)
    if not row.items:
        if card.row is None:
            return rows
        rows = [other for other in rows if other is not card.row]
        card.row.delete()
        return rows
    if card.row is not None and card.ticked == row.items:
        return rows
    stored = card.row or TimeOut(
        clinic_id=loaded.session.clinic_id,
        injection_session=loaded.session,
        fingerprint=card.fingerprint,
        shown=as_json(card.shown),
    )
    stored.words = [[line.label, line.text] for line in card.lines]
    stored.items = [item for item in TimeOutItem.values if item in row.items]
    is_whole = row.items >= _ALL
    stored.confirmed_at, stored.confirmed_by_id = (done_at, author_of(by)) if is_whole else (None, None)
    stored.save()
    return rows if card.row is not None else [*rows, stored]


def _is_of(card: TimeOutCard, before: TimeOutCard, said: str) -> bool:
    is_confirmed = before.row is not None and before.row.confirmed_at is not None
    return said == card.said and (before.consent == card.consent or not is_confirmed)
