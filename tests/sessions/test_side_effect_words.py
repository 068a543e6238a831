"""A sign told by a patient is never shown as a finding; what it points at is something to rule out."""

import pytest

from accounts.models import Clinic
from catalogue.models import AdverseEventType
from tests.factories.sessions import SideEffectFactory


@pytest.mark.parametrize(
    ("kind", "signs", "severity", "headline", "to_rule_out"),
    [
        ("PNEUMOTHORAX", ["breathless"], None, "hard to breathe, or chest pain", "Pneumothorax"),
        ("PNEUMOTHORAX", ["breathless"], 3, "Pneumothorax", ""),
        ("OTHER", ["vision"], None, "sudden loss of sight", ""),
        ("BRUISE", [], None, "Bruise", ""),
    ],
)
def test_a_report_is_called_what_was_told_until_a_clinician_judged(
    in_clinic: Clinic, kind: str, signs: list[str], severity: int | None, headline: str, to_rule_out: str
) -> None:
    told = SideEffectFactory(
        clinic=in_clinic,
        event_type=AdverseEventType.objects.get(code=kind),
        danger_signs=signs,
        severity=severity,
    )

    assert (told.headline, told.to_rule_out) == (headline, to_rule_out)
