"""What a patient is asked when they allow a contact to be used. A new wording gets a new version."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.choices import Purpose

WORDING_VERSION = "2026-11"

WORDINGS: dict[Purpose, str | Promise] = {
    Purpose.CARE: _("We may send you short questions and advice after a visit."),
    Purpose.APPOINTMENT: _("We may remind you of your visits."),
    Purpose.RESEARCH: _("We may ask whether you want to take part in research."),
    Purpose.MARKETING: _("We may send you news from the clinic."),
}
