"""What is said about a patient before it is saved: the input of the services, from a form or from a file."""

from dataclasses import dataclass, field
from datetime import date

from patients.choices import ContactKind, Flag, Purpose, Sex

FULL_AGE = 18
NOTE_LENGTH = 120
FILE_NOTE_LENGTH = 600


@dataclass(frozen=True)
class PatientDetails:
    """``file_note``: what a file held that could not be taken over, until somebody has checked it."""

    given_names: str
    family_name: str
    birth_date: date
    zone: str
    preferred_name: str = ""
    sex: str = Sex.UNKNOWN
    language: str = "en"
    emergency_contact_name: str = ""
    emergency_contact_phone: str = ""
    emergency_contact_relation: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    file_note: str = ""

    @property
    def names(self) -> tuple[str, str, str]:
        return (self.given_names, self.family_name, self.preferred_name)


DETAIL_FIELDS = tuple(PatientDetails.__dataclass_fields__)


@dataclass(frozen=True)
class ContactDetails:
    """``value`` is already in its stored shape (``patients.contacts``); ``allowed`` are the purposes agreed to.

    ``note``: the words that stood beside it, such as whose it is.
    """

    kind: ContactKind
    value: str
    is_shared: bool = False
    is_preferred: bool = False
    allowed: frozenset[Purpose] = field(default=frozenset())
    note: str = ""
    is_guardians: bool = False


@dataclass(frozen=True)
class NumberDetails:
    system: str
    value: str


@dataclass(frozen=True)
class ConditionDetails:
    name: str
    icd10cm_code: str = ""
    side: str = ""
    onset_date: date | None = None
    source_id: str = ""


@dataclass(frozen=True)
class AllergyDetails:
    substance: str
    substance_text: str = ""
    reaction: str = ""
    source_id: str = ""


@dataclass(frozen=True)
class FlagDetails:
    """``is_to_confirm``: a file says so, and nobody has asked the patient."""

    flag: Flag
    detail: str = ""
    is_to_confirm: bool = False


def clinic_number(number: int) -> str:
    """The clinic's own number as it is written: ``P-00042``."""
    return f"P-{number:05d}"
