"""A clinic's tables relate inside the clinic, and what is unique is unique per clinic."""

import pytest
from django.db import models

from accounts.models import ClinicForeignKey, ClinicOwned
from pitclinic.rules.tables import clinic_models


@pytest.mark.parametrize("model", list(clinic_models()), ids=lambda model: model._meta.label)
def test_a_clinics_table_relates_inside_the_clinic_and_is_unique_per_clinic(model: type[ClinicOwned]) -> None:
    for column in model._meta.concrete_fields:
        target = column.related_model
        if isinstance(target, type) and issubclass(target, ClinicOwned):
            assert isinstance(column, ClinicForeignKey), column.name
    assert list(model._meta.local_many_to_many) == []
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert "clinic" in constraint.fields or models.F("clinic") in constraint.expressions, constraint.name
    assert not [column.name for column in model._meta.concrete_fields if column.unique and not column.primary_key]
