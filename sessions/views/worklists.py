"""What waits for somebody, on one page and each list on its own; the counts of the top bar."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.actors import Actor
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from sessions.forms.worklists import WorklistQuery
from sessions.queries import co_sign_worklists, lot_recalls
from sessions.queries import worklists as queries
from sessions.queries.visit_recalls import recent_recall_counts

SHOWN_OF_EACH = 10
PAGE_SIZE = 50
FOLLOW_UP_OVERDUE = timedelta(days=1)
SIGN_WITHIN = timedelta(hours=24)
REVIEW_WITHIN = timedelta(days=7)  # [DEF] sessions are about a week apart: decided before the next one
_TABLES = {
    "alerts": "pit_sessions_sideeffect",
    "follow_ups": "pit_sessions_followup",
    "unsigned": "pit_sessions_injectionsession",
    "reviews": "pit_sessions_coursereview",
    "to_co_sign": "pit_sessions_injectionsession",
    "sent_back": "pit_sessions_injectionsession",
}
_OWN_ROWS: dict[str, Callable[[Any, datetime], Any]] = {
    "alerts": queries.alert_rows,
    "to_co_sign": co_sign_worklists.co_sign_rows,
    "sent_back": co_sign_worklists.sent_back_rows,
}


@staff(Act.SEE_WORKLISTS)
def overview(request: StaffRequest) -> HttpResponse:
    """Everything that waits. A poll gets the lists alone, and is told of urgent alerts since the last one."""
    actor, now = request.actor, timezone.now()
    query = read_query(WorklistQuery, request)
    new_alerts = queries.urgent_alerts_since(actor, query.cleaned_data["since"])
    context: dict[str, Any] = {
        "now": now,
        "counts": queries.counts(actor, now=now),
        "alerts": queries.alert_rows(queries.alerts(actor)[:SHOWN_OF_EACH], now),
        "follow_ups": _rows(queries.follow_ups_due(actor, now=now)[:SHOWN_OF_EACH], now, FOLLOW_UP_OVERDUE),
        "unsigned": _rows(queries.unsigned_sessions(actor)[:SHOWN_OF_EACH], now, SIGN_WITHIN),
        "reviews": _reviews(queries.course_reviews(actor)[:SHOWN_OF_EACH], actor, now),
        "to_co_sign": co_sign_worklists.co_sign_rows(co_sign_worklists.sessions_to_co_sign(actor)[:SHOWN_OF_EACH], now),
        "sent_back": co_sign_worklists.sent_back_rows(co_sign_worklists.sent_back(actor)[:SHOWN_OF_EACH], now),
        "lot_recalls": lot_recalls.open_recalls(actor),
        "new_alerts": new_alerts,
        "since": new_alerts.latest or now,
    }
    for name, table in _TABLES.items():
        saw_list(request, table, [row.patient_id for row in context[name]])
    if "X-Poll" in request.headers:
        return render(request, "sessions/worklists/lists.html", context)
    context["recalls"] = recent_recall_counts(actor, now=now)
    return render(request, "sessions/worklists/overview.html", context)


@staff(Act.SEE_WORKLISTS)
def one_list(request: StaffRequest, name: str) -> HttpResponse:
    """One list whole, page by page."""
    actor, now = request.actor, timezone.now()
    query = read_query(WorklistQuery, request)
    page = Paginator(_all(name, actor, now), PAGE_SIZE).get_page(query.cleaned_data["page"] or 1)
    values: Any = page.object_list
    if name in _OWN_ROWS:
        page.object_list = _OWN_ROWS[name](values, now)
    else:
        page.object_list = _rows(values, now, FOLLOW_UP_OVERDUE if name == "follow_ups" else SIGN_WITHIN)
    saw_list(request, _TABLES[name], [row.patient_id for row in page.object_list])
    context = {"now": now, "page": page, "list_name": name, name: page.object_list}
    return render(request, "sessions/worklists/one_list.html", context)


@staff(Act.PLAN_COURSES)
def reviews(request: StaffRequest) -> HttpResponse:
    """Every course review that waits, page by page; the evidence is clinical, so the desk has no such list."""
    actor, now = request.actor, timezone.now()
    query = read_query(WorklistQuery, request)
    page = Paginator(queries.course_reviews(actor), PAGE_SIZE).get_page(query.cleaned_data["page"] or 1)
    values: Any = page.object_list
    page.object_list = queries.review_rows(values, now, REVIEW_WITHIN)
    saw_list(request, _TABLES["reviews"], [row.patient_id for row in page.object_list])
    context = {"now": now, "page": page, "list_name": "reviews", "reviews": page.object_list}
    return render(request, "sessions/worklists/one_list.html", context)


@staff(Act.SEE_WORKLISTS)
def counts(request: StaffRequest) -> HttpResponse:
    """The counts in the top bar; it asks again each minute."""
    actor, now = request.actor, timezone.now()
    found = {"counts": queries.counts(actor, now=now), "recalls": recent_recall_counts(actor, now=now)}
    return render(request, "sessions/worklists/counts.html", found)


def _all(name: str, actor: Actor, now: datetime) -> QuerySet[Any]:
    if name == "alerts":
        return queries.alerts(actor)
    if name == "follow_ups":
        return queries.follow_ups_due(actor, now=now)
    if name == "to_co_sign":
        return co_sign_worklists.sessions_to_co_sign(actor)
    if name == "sent_back":
        return co_sign_worklists.sent_back(actor)
    return queries.unsigned_sessions(actor)


def _rows(values: Any, now: datetime, overdue_after: timedelta) -> list[queries.Row]:
    return queries.plain_rows(values, now, overdue_after)


def _reviews(values: Any, actor: Actor, now: datetime) -> list[queries.ReviewRow]:
    return queries.review_rows(values, now, REVIEW_WITHIN) if actor.may(Act.PLAN_COURSES) else []
