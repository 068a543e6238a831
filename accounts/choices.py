"""The roles a member of a clinic can hold, the letters to people who work there, what is done against loss."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    FRONT_DESK = "front_desk", _("Front desk")
    CLINIC_ADMIN = "clinic_admin", _("Clinic admin")
    AUDITOR = "auditor", _("Auditor")
    RESEARCHER = "researcher", _("Researcher")


class LetterKind(models.TextChoices):
    """What a letter to a person who works at the clinic, or will, is about."""

    INVITATION = "invitation", _("invitation")
    FACTOR_RESET = "factor_reset", _("second step reset")
    RULES = "rules", _("change of the safety rules")


class LetterState(models.TextChoices):
    PLANNED = "planned", _("will be sent within a minute")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")
    STOPPED = "stopped", _("not sent any more")


class BackupAct(models.TextChoices):
    """What keeps the record from being lost."""

    BACKUP = "backup", _("backup")
    ARCHIVE = "archive", _("log of changes saved")
    DRILL = "drill", _("restore drill")
