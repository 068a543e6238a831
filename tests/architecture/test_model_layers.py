"""Foreign keys are spelt as strings and escape the import linter; here they cannot point up either."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Field, Model

ROOT = Path(__file__).resolve().parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
APPS, _inside, JOURNEY = LINTER["contracts"]


def ranks(layers: list[str]) -> dict[str, int]:
    """The height of each name, the lowest layer first; neighbours in one layer share a height."""
    rows = [[name.strip(" ()") for name in layer.split("|")] for layer in reversed(layers)]
    return {name: height for height, row in enumerate(rows) for name in row}


APP_HEIGHT, STEP_HEIGHT = ranks(APPS["layers"]), ranks(JOURNEY["layers"])


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if app_of(model) in APP_HEIGHT]


def app_of(model: type[Model]) -> str:
    return model.__module__.split(".")[0]


def step_of(model: type[Model]) -> int:
    return STEP_HEIGHT.get(model.__module__.split(".")[-1], 0)


def relations(model: type[Model]) -> list[tuple[Field, type[Model]]]:
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [(field, field.related_model) for field in fields if isinstance(field.related_model, type)]


def is_upward(model: type[Model], other: type[Model]) -> bool:
    if app_of(other) not in APP_HEIGHT:
        return False
    own, target = APP_HEIGHT[app_of(model)], APP_HEIGHT[app_of(other)]
    if app_of(model) == app_of(other):
        return app_of(model) == "sessions" and step_of(other) > step_of(model)
    return target >= own


def test_there_are_models_to_look_at():
    assert len(own_models()) > 20


def test_no_relation_points_up():
    upward = [
        f"{model.__name__}.{field.name} → {other.__name__}"
        for model in own_models()
        for field, other in relations(model)
        if is_upward(model, other)
    ]
    assert upward == []
