"""Find a patient: the list, the search, and the small search other pages carry."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from patients import queries
from patients.forms.patients import PageForm, SearchForm


def today_of(request: StaffRequest) -> Any:
    """The day at the clinic."""
    return timezone.now().astimezone(request.actor.zone).date()


@staff(Act.FIND_PATIENTS)
def patient_list(request: StaffRequest) -> HttpResponse:
    after = read_query(PageForm, request).after_id
    page = queries.patient_page(request.actor, after=after, today=today_of(request))
    recent = [] if after else queries.recent_patients(request.actor, today=today_of(request))
    saw_list(request, "patients_patient", [row.id for row in (*page.rows, *recent)])
    context = {"page": page, "recent": recent, "is_first": after is None, "search_form": SearchForm()}
    return render(request, "patients/list.html", context)


@staff(Act.FIND_PATIENTS, methods=("GET", "POST"))
def search(request: StaffRequest) -> HttpResponse:
    """The words travel in the body; an address without them is the list."""
    if request.method != "POST":
        return redirect("patients:list")
    name = "patients/parts/results.html" if request.htmx else "patients/search.html"
    return _results(request, name)


@staff(Act.FIND_PATIENTS, methods=("POST",))
def choose(request: StaffRequest) -> HttpResponse:
    """The same search as buttons to choose from, inside another page's form."""
    return _results(request, "patients/parts/choices.html")


def _results(request: StaffRequest, template: str) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, template, {"search_form": form, "rows": [], "q": ""}, status=422)
    q = form.cleaned_data["q"]
    found = queries.find(request.actor, q, today=today_of(request), limit=queries.LIMIT + 1)
    rows, is_cut = found[: queries.LIMIT], len(found) > queries.LIMIT
    saw_list(request, "patients_patient", [row.id for row in rows])
    return render(request, template, {"search_form": form, "rows": rows, "q": q, "is_cut": is_cut})
