"""Whatever hangs on a session is held by the database once it is signed, or is known to come afterwards."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from sessions.models import InjectionSession

# What is done after the needle, or about a session, and is no part of what was signed; what was typed and never saved.
COMES_AFTER = {
    "Appointment", "CheckIn", "CourseReview", "FollowUp", "Measure", "Message", "ReliefReport", "SideEffect",
    "UnsavedTyping", "VisitRecall",
}  # fmt: skip


def hanging() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if any(field.related_model is InjectionSession for field in model._meta.local_fields):
            yield model


@pytest.mark.parametrize("model", sorted(hanging(), key=lambda model: model.__name__))
def test_a_table_that_hangs_on_a_session_is_guarded_or_comes_after_it(model: type[Model], db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
            " AND tgname LIKE 'guard%%' AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        (guards,) = cursor.fetchone()
    assert guards > 0 or model.__name__ in COMES_AFTER


def test_the_signed_document_reads_every_table_of_the_signed_content(db: None) -> None:
    """A table that may not change after signing, and is not kept by a hash of its own, is in the document."""
    own_hash_or_later = {
        "Addendum",
        "CoSignature",
        "CoSignatureReturn",
        "ContainerUse",
        "Paper",
        "SignedDocument",
    } | COMES_AFTER
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname ~ '^sessions_.*_v1$'")
        (builders,) = cursor.fetchone()
    missing = {m.__name__ for m in hanging() if m._meta.db_table not in builders} - own_hash_or_later
    assert missing == set()
