from patients.queries.banners import PatientBanner, banner, banners
from patients.queries.duplicates import Candidate, Likeness, possible_duplicates
from patients.queries.lists import PatientRow, patient_page, recent_patients, rows_of
from patients.queries.mailboxes import mailbox_of, mailboxes_of
from patients.queries.profiles import (
    ClinicalProfile,
    Contact,
    clinical_profile,
    contacts_of,
    holders_of,
    identifiers_of,
    needs_interpreter,
)
from patients.queries.search import LIMIT, find

__all__ = [
    "LIMIT",
    "Candidate",
    "ClinicalProfile",
    "Contact",
    "Likeness",
    "PatientBanner",
    "PatientRow",
    "banner",
    "banners",
    "clinical_profile",
    "contacts_of",
    "find",
    "holders_of",
    "identifiers_of",
    "mailbox_of",
    "mailboxes_of",
    "needs_interpreter",
    "patient_page",
    "possible_duplicates",
    "recent_patients",
    "rows_of",
]
