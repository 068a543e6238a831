"""The line of points as it is typed: what it says, what it makes, what it could go on with. Nothing is stored."""

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from sessions.forms.injection_points import Choices
from sessions.forms.quick_entry import QuickEntryForm, refused
from sessions.models import InjectionSession
from sessions.queries.words import words
from sessions.quick_entry import LINE_AT_MOST, completions


@staff(Act.LOG_SESSIONS, methods=("POST",))
def read(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """``line`` and ``caret`` in; the rows in the names of a point's fields out."""
    if not InjectionSession.objects.visible_to(request.actor).filter(pk=session_id).exists():
        raise Http404
    form = QuickEntryForm({"quick_line": request.POST.get("line", "")}, choices=_choices())
    form.is_valid()
    return JsonResponse(
        {
            "said": form.explanations(),
            "refused": [refused(refusal) for refusal in form.parsed.refusals] or form.errors.get("quick_line", []),
            "rows": list(form.values()),
            "completions": _completions(form, request.POST.get("line", ""), request.POST.get("caret", "")),
        }
    )


def _choices() -> Choices:
    known = words()
    return Choices(
        nerves=list(known.nerves.values()),
        synonyms=known.synonyms,
        named_nerves=known.named_nerves,
        point_types=[],
        solutions=known.chosen_solutions,
        lots=[],
    )


def _completions(form: QuickEntryForm, line: str, caret: str) -> list[dict[str, str | int]]:
    at = int(caret) if caret.isascii() and caret.isdigit() and len(caret) < 4 else len(line)
    found = completions(line[:LINE_AT_MOST], at, form.choices.vocabulary)
    return [{"text": row.text, "label": row.label, "start": row.start, "end": row.end} for row in found]
