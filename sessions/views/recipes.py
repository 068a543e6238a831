"""How the clinic makes its mixtures: the list, one recipe, a copy of a shipped one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.undo import offer
from sessions.forms.recipes import ChangeRecipeForm, RecipeForm, StartForm, initial_of, initial_of_shipped
from sessions.models import Recipe
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import recipes as queries
from sessions.queries import solution_lots
from sessions.services import recipes as service
from sessions.shipped_recipes import shipped_recipes

_TEMPLATES = "sessions/recipes"


@staff(Act.MANAGE_STOCK)
def recipes(request: StaffRequest) -> HttpResponse:
    context = {"recipes": list(queries.recipes(request.actor)), "shipped": shipped_recipes()}
    return render(request, f"{_TEMPLATES}/recipes.html", context)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def add(request: StaffRequest) -> HttpResponse:
    solutions = solution_lots.solutions()
    form = RecipeForm(
        request.POST if request.method == "POST" else None, initial=_start(request, solutions), solutions=solutions
    )
    if form.is_valid():
        try:
            made = service.save(recipe=None, text=form.text(), by=request.actor)
        except StockRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The recipe “%(name)s” is ready to be used.") % {"name": made.name})
            return redirect("sessions:recipes")
    status = 422 if form.is_bound else 200
    return render(request, f"{_TEMPLATES}/recipe.html", {"form": form}, status=status)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), one_by_one=True)
def recipe(request: StaffRequest, recipe_id: UUID) -> HttpResponse:
    found = _recipe(request, recipe_id)
    data = request.POST if request.method == "POST" else None
    form = ChangeRecipeForm(data, initial=initial_of(found), solutions=solution_lots.solutions())
    conflict = find_conflict(request.actor, form, found) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            service.save(recipe=found, text=form.text(), by=request.actor)
        except StockRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The recipe is changed. What was made by it stays as it was made."))
            return redirect("sessions:recipes")
    context = {"form": form, "recipe": found, "conflict": conflict}
    return render(request, f"{_TEMPLATES}/recipe.html", context, status=status_of(form, conflict))


@staff(Act.MANAGE_STOCK, methods=("POST",))
def retire(request: StaffRequest, recipe_id: UUID) -> HttpResponse:
    found = service.retire(recipe=_recipe(request, recipe_id), by=request.actor, now=timezone.now())
    said = _("The recipe “%(name)s” is retired.") % {"name": found.name}
    offer(request, said, undo_url=reverse("sessions:bring_back_recipe", args=[found.pk]))
    return redirect("sessions:recipes")


@staff(Act.MANAGE_STOCK, methods=("POST",))
def bring_back(request: StaffRequest, recipe_id: UUID) -> HttpResponse:
    found = service.bring_back(recipe=_recipe(request, recipe_id), by=request.actor)
    messages.success(request, _("The recipe “%(name)s” is in use again.") % {"name": found.name})
    return redirect("sessions:recipes")


def _start(request: StaffRequest, solutions: list[Any]) -> dict[str, Any]:
    code = read_query(StartForm, request).cleaned_data["copy"]
    shipped = next((row for row in shipped_recipes() if row.code == code), None)
    if shipped is None:
        return {"hours": solution_lots.rules_of(request.actor).mix_hours}
    return initial_of_shipped(shipped, solutions)


def _recipe(request: StaffRequest, recipe_id: UUID) -> Recipe:
    return get_object_or_404(Recipe.objects.visible_to(request.actor), pk=recipe_id)
