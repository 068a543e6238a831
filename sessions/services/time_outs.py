"""Keep a time-out: what was shown, what of it was confirmed, and by whom it was finished."""

from datetime import datetime

from accounts.actors import Actor
from sessions.choices import TimeOutItem
from sessions.drafts import TimeOutRow
from sessions.models import TimeOut
from sessions.policies.injection_sessions import author_of
from sessions.queries.injection_sessions import Loaded
from sessions.rules.time_outs import as_json

_ALL = frozenset(TimeOutItem.values)


def save(loaded: Loaded, row: TimeOutRow | None, *, by: Actor, now: datetime) -> None:
    """Store the ticks, if they were made at what the session holds now; for anything else they are worth nothing."""
    card = loaded.time_out_card
    words = [[line.label, line.text] for line in card.lines]
    if row is None or row.fingerprint != card.fingerprint:
        return
    if not row.items:
        if card.row is not None:
            card.row.delete()
        return
    if card.row is not None and (card.ticked, card.row.words) == (row.items, words):
        return
    stored = card.row or TimeOut(
        clinic_id=loaded.session.clinic_id,
        injection_session=loaded.session,
        fingerprint=card.fingerprint,
        shown=as_json(card.shown),
    )
    stored.words = words
    stored.items = [item for item in TimeOutItem.values if item in row.items]
    is_whole = row.items >= _ALL
    if not is_whole:
        stored.confirmed_at, stored.confirmed_by_id = None, None
    elif stored.confirmed_at is None:
        stored.confirmed_at, stored.confirmed_by_id = now, author_of(by)
    stored.save()
