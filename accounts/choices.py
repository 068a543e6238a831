"""The roles a member of a clinic can hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    FRONT_DESK = "front_desk", _("Front desk")
    CLINIC_ADMIN = "clinic_admin", _("Clinic admin")
    AUDITOR = "auditor", _("Auditor")
    RESEARCHER = "researcher", _("Researcher")
