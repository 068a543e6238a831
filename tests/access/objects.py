"""One object of each kind for every URL argument, in a clinic of one's own and in a foreign one."""

from collections.abc import Callable
from uuid import UUID, uuid4

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import SolutionLotFactory

# URL argument → how to make such an object in a clinic. A URL with an argument that is not here fails the walk.
MAKERS: dict[str, Callable[[Clinic, str], object]] = {
    "patient_id": lambda clinic, name: PatientFactory(clinic=clinic, family_name=name).pk,
    "appointment_id": lambda clinic, name: (
        AppointmentFactory(clinic=clinic, patient=PatientFactory(clinic=clinic, family_name=name)).pk
    ),
    "session_id": lambda clinic, name: (
        InjectionSessionFactory(clinic=clinic, appointment__patient=PatientFactory(clinic=clinic, family_name=name)).pk
    ),
    "lot_id": lambda clinic, name: SolutionLotFactory(clinic=clinic, lot_number=name).pk,
}

# Arguments that name no object: their values are the same for everybody.
PLAIN: dict[str, object] = {}


def make(clinic: Clinic, sentinel: str) -> dict[str, object]:
    """An object for each URL argument, every one carrying the sentinel in the patient's name."""
    with tenant(clinic.pk, actor="test"):
        made = {argument: maker(clinic, sentinel) for argument, maker in MAKERS.items()}
        made["membership_id"] = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK).pk
    return made | PLAIN


def nobody() -> dict[str, object]:
    """Ids that no row has."""
    return {argument: UUID(int=uuid4().int) for argument in [*MAKERS, "membership_id"]} | PLAIN
