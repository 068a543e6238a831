from patients.models.access_links import AccessLink
from patients.models.clinical_profile import (
    Allergy,
    BodyWeight,
    NoKnownAllergy,
    PatientCondition,
    PatientConditionNerve,
    RiskFlag,
)
from patients.models.contact_codes import ContactCode
from patients.models.contact_points import ContactConsent, ContactPoint
from patients.models.identifiers import Identifier, LastClinicNumber
from patients.models.imported_rows import ImportedRow
from patients.models.merges import AlikePair, ComparedPatient, MovedRow, PairVerdict, PatientMerge
from patients.models.name_tokens import NameToken
from patients.models.patient_imports import ImportedPart, ImportProgress, PatientImport
from patients.models.patients import OF_PRESENT, PRESENT, Patient, PatientOwned

__all__ = [
    "OF_PRESENT",
    "PRESENT",
    "AccessLink",
    "AlikePair",
    "Allergy",
    "BodyWeight",
    "ComparedPatient",
    "ContactCode",
    "ContactConsent",
    "ContactPoint",
    "Identifier",
    "ImportProgress",
    "ImportedPart",
    "ImportedRow",
    "LastClinicNumber",
    "MovedRow",
    "NameToken",
    "NoKnownAllergy",
    "PairVerdict",
    "Patient",
    "PatientCondition",
    "PatientConditionNerve",
    "PatientImport",
    "PatientMerge",
    "PatientOwned",
    "RiskFlag",
]
