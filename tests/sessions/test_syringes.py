"""From the containers to the needle: what the database and the pages make of a mixture, its doses and its check."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from sessions.choices import RecordStatus
from sessions.document.records import Amount
from sessions.dose_rules import totals
from sessions.mixtures import Draw, is_of, mix
from sessions.models import (
    Container,
    InjectionSession,
    Preparation,
    Product,
    Recipe,
    RecipePart,
    StockRules,
)
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import preparations as queries
from sessions.queries.injection_sessions import load
from sessions.queries.mixtures import draw_of
from sessions.queries.words import words as read_words
from sessions.services import injection_sessions, recipes, solution_lots
from sessions.services import preparations as service
from sessions.shipped_recipes import shipped_recipes
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_draft,
    a_preparation,
    a_recipe,
    actor_of,
)
from tests.sessions.stock import a_point, corrected, refused

D = Decimal
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

# --- the services and the database --------------------------------------------------------------------------------


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


def opened(clinic: Clinic, code: str = "", *, lot: dict[str, object] | None = None, **product: object) -> Container:
    """A bottle of a solution of the catalogue, or of an ingredient."""
    solution = Solution.objects.get(code=code) if code else None
    own = ProductFactory(clinic=clinic, solution=solution, **product)
    return a_container(
        clinic,
        opened_at=NOW,
        lot=SolutionLotFactory(clinic=clinic, product=own, solution=solution, quantity=9, **(lot or {})),
    )


def mixed(*drawn: tuple[Container, str], **typed: object) -> service.Mixture:
    parts = tuple((container.pk, D(ml)) for container, ml in drawn)
    return service.Mixture(drawn=parts, hours=4, **typed)  # type: ignore[arg-type]


def test_solution_volume_and_strength_follow_from_the_containers(keeper: Actor, in_clinic: Clinic) -> None:
    dextrose = opened(in_clinic, "D5W_PLAIN")
    lidocaine = opened(in_clinic, substance="lidocaine", substance_percent=D(1))
    made = service.prepare(mixture=mixed((dextrose, "9"), (lidocaine, "1")), by=keeper, now=NOW)

    [row] = queries.on_tray(in_clinic.pk, [made.pk])
    assert (made.solution.code, made.volume_ml) == ("D5W_LA", D(10))
    assert row.holds == "Dextrose 4.5 %, Lidocaine 0.1 %"


def test_what_the_containers_do_not_make_is_refused_with_the_reason(keeper: Actor, in_clinic: Clinic) -> None:
    procaine, dextrose = opened(in_clinic, "PROC1"), opened(in_clinic, "D5W_PLAIN")
    unknown = opened(in_clinic)
    plain = Solution.objects.get(code="D5W_PLAIN")
    for typed, words in (
        (mixed((procaine, "10"), solution=plain), "do not make “Dextrose 5 %”: together they hold Procaine 1 %"),
        (mixed((dextrose, "10"), volume_ml=D(500)), "10 mL were drawn, not 500 mL: add the water"),
        (
            mixed((dextrose, "5"), (procaine, "5")),
            "make no solution of the catalogue: together they hold Dextrose 2.5 %",
        ),
        (mixed((dextrose, "5"), (unknown, "5")), "Nobody has stated what one of these containers holds"),
        (mixed((dextrose, "10"), bicarbonate_ml=D(490), bicarbonate_percent=D("8.4")), "no solution of the catalogue"),
    ):
        with pytest.raises(StockRefusedError, match=words):
            service.prepare(mixture=typed, by=keeper, now=NOW)


def checked_at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS sessions_check_mixture IMMEDIATE")


def test_no_path_writes_a_preparation_its_containers_do_not_make(in_clinic: Clinic) -> None:
    procaine, dextrose = opened(in_clinic, "PROC1"), opened(in_clinic, "D5W_PLAIN")
    plain, unknown = Solution.objects.get(code="D5W_PLAIN"), opened(in_clinic)
    checked_at_once()
    for rule, container, fields in (
        ("sessions_preparation_not_of_its_parts", procaine, {"solution": plain}),
        ("sessions_preparation_volume_drawn", dextrose, {"solution": plain, "volume_ml": 500, "drawn_ml": D(5)}),
        ("sessions_container_unstated", unknown, {"solution": plain}),
    ):
        refused(rule, partial(a_preparation, in_clinic, container, made_at=NOW, **fields))


def test_form_and_database_judge_alike(keeper: Actor, in_clinic: Clinic) -> None:
    """Each mixture of these bottles, named as each solution: accepted by both or by neither."""
    bottles = [
        opened(in_clinic, "D5W_PLAIN"),
        opened(in_clinic, "D5W_BUF"),
        opened(in_clinic, "PROC1"),
        opened(in_clinic, "D5W_LA"),
        opened(in_clinic, substance="lidocaine", substance_percent=D(1)),
        opened(in_clinic, substance="dextrose", substance_percent=D(50)),
        opened(in_clinic, substance="diluent"),
        opened(in_clinic, bicarbonate_percent=D("8.4")),
    ]
    words = read_words()
    differ = []
    for first in bottles:
        for second, ml in [(bottle, ml) for bottle in bottles for ml in ("0.5", "5")]:
            if first == second:
                continue
            made = mix([draw_of(first, D("4.5"), words), draw_of(second, D(ml), words)])
            for solution in words.chosen_solutions:
                says = database_says(first, "4.5", second, ml, solution)
                if says != is_of(made, words.compositions[solution.pk]):
                    differ.append((str(first.lot.product), str(second.lot.product), ml, solution.code, says))
    assert not differ


# What the two together hold, as sessions_mixture_problem adds it up.
SAYS = """
WITH held AS (
  SELECT h.substance, CASE WHEN bool_or(h.percent IS NULL) THEN NULL
      ELSE sum(v.ml * h.percent) / (%(x)s::numeric + %(y)s::numeric) END AS percent
    FROM (VALUES (%(a)s::uuid, %(x)s::numeric), (%(b)s::uuid, %(y)s::numeric)) v (lot, ml)
    CROSS JOIN LATERAL sessions_holds(v.lot) h WHERE h.substance <> 'bicarbonate' GROUP BY 1)
SELECT sessions_is_named(
    c, coalesce((SELECT jsonb_object_agg(h.substance, h.percent) FROM held h), '{}'), %(buffered)s)
  FROM catalogue_solution c WHERE c.id = %(solution)s
"""


def database_says(first: Container, x: str, second: Container, y: str, solution: Solution) -> bool:
    is_buffered = any(
        row.lot.product.bicarbonate_percent is not None or bool(row.lot.solution and row.lot.solution.is_buffered)
        for row in (first, second)
    )
    given = {"a": first.lot_id, "b": second.lot_id, "x": x, "y": y, "buffered": is_buffered, "solution": solution.pk}
    with connection.cursor() as cursor:
        cursor.execute(SAYS, given)
        return bool(cursor.fetchone()[0])


def test_nothing_outlives_its_lot_or_its_container(keeper: Actor, in_clinic: Clinic) -> None:
    bag = opened(in_clinic, "D5W_PLAIN", lot={"expiry_date": date(2026, 3, 2)})
    refused(
        "sessions_preparation_outlives_lot",
        lambda: a_preparation(
            in_clinic, bag, made_at=NOW, beyond_use_at=NOW + 30 * HOUR, solution=Solution.objects.get(code="D5W_PLAIN")
        ),
    )
    short = a_container(in_clinic, opened_at=NOW, discard_at=NOW + HOUR)
    refused(
        "sessions_preparation_outlives_container",
        lambda: a_preparation(in_clinic, short, made_at=NOW, beyond_use_at=NOW + 2 * HOUR),
    )
    made = service.prepare(mixture=mixed((bag, "5")), by=keeper, now=NOW)
    assert made.beyond_use_at == NOW + 4 * HOUR
    later = datetime(2026, 3, 2, 22, 30, tzinfo=keeper.zone)
    assert service.prepare(mixture=mixed((bag, "5")), by=keeper, now=later).beyond_use_at == later.replace(
        hour=23, minute=59
    )


def test_a_use_by_shortened_later_ends_the_preparation_too(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = service.prepare(mixture=mixed((bag, "5")), by=keeper, now=NOW)
    corrected(bag.lot, expiry_date=date(2026, 3, 1))

    [row] = queries.on_tray(in_clinic.pk, [made.pk])

    assert row.until == datetime(2026, 3, 1, 23, 59, tzinfo=keeper.zone)
    assert row.problem(started_at=NOW, day=date(2026, 3, 2)) == "sessions_lot_expired"
    session = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    refused("sessions_lot_expired", lambda: a_point(session, preparation=made))


def test_what_a_voided_draft_named_uses_nothing_up(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = service.prepare(mixture=mixed((bag, "5")), by=keeper, now=NOW)
    session = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    a_point(session, preparation=made, volume_ml=D(2))
    assert queries.on_tray(in_clinic.pk, [made.pk])[0].left_ml == 3

    injection_sessions.void(
        injection_session=session, reason="Wrong patient", by=actor_of(session.clinician), now=NOW + HOUR
    )

    [row] = queries.on_tray(in_clinic.pk, [made.pk])
    assert InjectionSession.objects.get(pk=session.pk).status == RecordStatus.VOIDED
    assert (row.left_ml, row.given_ml, row.can_be_undone) == (D(5), D(0), False)


# --- doses --------------------------------------------------------------------------------------------------------


def test_a_dose_comes_of_the_preparation_else_of_the_lot_else_it_is_unknown(keeper: Actor, in_clinic: Clinic) -> None:
    dextrose = opened(in_clinic, "D5W_PLAIN")
    lidocaine = opened(in_clinic, substance="lidocaine", substance_percent=D(1))
    made = service.prepare(mixture=mixed((dextrose, "9"), (lidocaine, "1")), by=keeper, now=NOW)
    stated = opened(in_clinic, "D5W_LA", substance="procaine", substance_percent=D("0.5")).lot
    unstated = opened(in_clinic, "D5W_LA").lot
    solution = Solution.objects.get(code="D5W_LA")
    for fields, known, is_unknown, grams in (
        ({"preparation": made}, {"lidocaine": D(1)}, False, D("0.045")),
        ({"lot": stated}, {"procaine": D(5)}, False, D("0.05")),
        ({"lot": unstated}, {}, True, D("0.05")),
        ({}, {}, True, D("0.05")),
    ):
        session = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
        a_point(session, solution=solution, volume_ml=D(1), **fields)
        sums = load(session).totals
        assert (sums.anaesthetics_mg, sums.has_unknown_anaesthetic, sums.dextrose_g) == (known, is_unknown, grams), (
            fields
        )


@pytest.mark.django_db
def test_a_range_is_no_dose_and_counts_at_its_upper_end_for_the_rules() -> None:
    solution = next(row for row in read_words().solutions.values() if row.code == "DEX125_LA")
    sums = totals([Amount("N", "left", D(10), solution.dextrose_percent, solution.anaesthetics)])
    assert (sums.anaesthetics_mg, sums.has_unknown_anaesthetic) == ({}, True)
    assert (sums.most_mg, sums.has_uncounted_anaesthetic) == ({"lidocaine": D(50)}, False)


# --- the second check ---------------------------------------------------------------------------------------------


def test_a_second_check_is_a_colleagues_and_comes_before_the_needle(keeper: Actor, in_clinic: Clinic) -> None:
    solution_lots.set_rules(by=keeper, needs_second_check=True)
    bag = a_container(in_clinic, opened_at=NOW)
    made = service.prepare(mixture=mixed((bag, "5")), by=keeper, now=NOW)
    session = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    [row] = queries.on_tray(in_clinic.pk, [made.pk])

    assert row.problem(started_at=NOW, day=date(2026, 3, 2)) == "sessions_preparation_unchecked"
    refused("sessions_preparation_unchecked", lambda: a_point(session, preparation=made))
    with pytest.raises(StockRefusedError, match="Somebody other"):
        service.check_preparation(preparation=made, by=keeper, now=NOW)
    mine = Preparation.objects.filter(pk=made.pk)
    refused(
        "sessions_preparation_second_check", lambda: mine.update(checked_at=NOW, checked_by_id=keeper.membership_id)
    )
    refused("sessions_preparation_checked_whole", lambda: mine.update(checked_at=NOW))

    colleague = actor_of(MembershipFactory(clinic=in_clinic))
    service.check_preparation(preparation=made, by=colleague, now=NOW + HOUR)

    a_point(session, preparation=made)
    with pytest.raises(StockRefusedError, match="already"):
        service.check_preparation(preparation=made, by=colleague, now=NOW + HOUR)
    refused("sessions_preparation_in_use", lambda: mine.update(checked_at=None, checked_by=None))


# --- recipes ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_shipped_recipe_makes_its_solution_and_none_is_invented() -> None:
    words = read_words()
    codes = {row.code: pk for pk, row in words.solutions.items()}
    for recipe in shipped_recipes():
        assert recipe.source, recipe.code
        volumes = [part.volume_ml for part in recipe.parts]
        if None not in volumes:
            made = mix(
                Draw(part.volume_ml or D(0), {} if part.substance == "diluent" else {part.substance: part.percent})
                for part in recipe.parts
            )
            assert is_of(made, words.compositions[codes[recipe.solution]]), recipe.code
    assert "D5W_LA" not in {recipe.solution for recipe in shipped_recipes()}


def test_a_recipe_makes_what_it_says_and_keeps_its_rules(keeper: Actor, in_clinic: Clinic) -> None:
    plain = Solution.objects.get(code="D5W_PLAIN")
    thin = (recipes.Ingredient("dextrose", D(5), D(5)), recipes.Ingredient("diluent", None, D(5)))
    with pytest.raises(StockRefusedError, match=re.escape("do not make “Dextrose 5 %”")):
        recipes.save(recipe=None, text=recipes.RecipeText("Thin", plain, 4, "", thin), by=keeper)
    ours = a_recipe(in_clinic)
    with pytest.raises(StockRefusedError, match="there already"):
        recipes.save(recipe=None, text=recipes.RecipeText("Ours", plain, 4, "", thin[:1]), by=keeper)
    own = {"clinic": in_clinic, "recipe": ours}
    for rule, fields in (
        ("sessions_recipepart_percent", {"position": 8, "substance": "diluent", "percent": 5}),
        ("sessions_recipepart_percent", {"position": 8, "substance": "dextrose"}),
        ("sessions_recipepart_volume", {"position": 8, "substance": "diluent", "volume_ml": 0}),
        ("sessions_recipepart_position", {"position": 1, "substance": "diluent"}),
    ):
        refused(rule, partial(RecipePart.objects.create, **own, **fields))
    refused("sessions_recipe_hours", lambda: Recipe.objects.filter(pk=ours.pk).update(hours=0))
    for rule, fields in (
        ("sessions_product_substance", {"substance": "lidocaine"}),
        ("sessions_product_substance", {"substance": "diluent", "substance_percent": 1}),
        (
            "sessions_product_substance_of_solution",
            {"substance": "dextrose", "substance_percent": 5, "solution": plain},
        ),
    ):
        given = {"clinic": in_clinic, "name": "x", "pack_size_ml": 1, "is_single_dose": True, **fields}
        refused(rule, partial(Product.objects.create, **given))


# --- the pages ----------------------------------------------------------------------------------------------------


def test_prepare_by_recipe_label_and_check_on_the_page(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        StockRules.objects.create(clinic=clinic, needs_second_check=True)
        recipe = a_recipe(clinic)
        bag = a_container(
            clinic,
            opened_at=timezone.now(),
            lot=SolutionLotFactory(
                clinic=clinic,
                product=ProductFactory(clinic=clinic, solution=Solution.objects.get(code="D5W_PLAIN")),
                solution=Solution.objects.get(code="D5W_PLAIN"),
            ),
        )
    maker, colleague = staff_client(Role.CLINICIAN, clinic=clinic), staff_client(Role.CLINICIAN, clinic=clinic)
    address = reverse("sessions:prepare")
    begun = maker.get(address, {"recipe": recipe.pk}).content.decode()
    assert f'value="{bag.pk}" selected' in begun
    typed = {
        "solution": recipe.solution_id, "container_1": bag.pk, "ml_1": "10", "hours": "4", "recipe": recipe.name,
        "bicarbonate_ml": "0.1", "bicarbonate_percent": "8.4",
    }  # fmt: skip
    wrong = maker.post(address, {**typed, "volume_ml": "500"})
    assert wrong.status_code == 422
    assert "not 500 mL" in wrong.content.decode()

    said = maker.post(address, typed, follow=True).content.decode()

    assert "A colleague has to check it first." in said
    with tenant(clinic.pk, actor="test"):
        made = Preparation.objects.get()
    check = reverse("sessions:check_preparation", args=[made.pk])
    assert check not in said, "who made it is offered no check"
    assert maker.post(check).status_code == 409
    label = reverse("sessions:preparation_label", args=[made.pk])
    shown_label = maker.get(label).content.decode()
    for words in ("Dextrose 5 %, buffered", "Dextrose 4.95 %", "10.10", "Use until", "Not checked yet", made.code):
        assert words in shown_label, words

    assert check in colleague.get(reverse("sessions:lots")).content.decode()
    assert colleague.post(check).status_code == 302
    assert "Checked" in maker.get(label).content.decode()


def test_the_session_page_never_says_0_percent_of_an_unknown_dose(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic)
        injection_sessions.save_draft(
            injection_session=session,
            draft=a_draft(),
            version=session.version,
            by=actor_of(session.clinician),
            now=timezone.now(),
        )
        session.points.update(solution=Solution.objects.get(code="D5W_LA"))
    page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    assert "Local anaesthetic: the dose is unknown" in page
    assert "0.0 %" not in page
