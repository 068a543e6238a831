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
    NEW_PASSWORD = "new_password", _("link to a new password")
    PASSWORD_SET = "password_set", _("password changed")


# What a person is told of their own sign-in, wherever they work.
SIGN_IN_LETTERS = (LetterKind.NEW_PASSWORD, LetterKind.PASSWORD_SET)


class LetterState(models.TextChoices):
    PLANNED = "planned", _("will be sent within a minute")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")
    STOPPED = "stopped", _("not sent any more")


class ExportKind(models.TextChoices):
    """What left the clinic as a file or on paper: how the audit trail names it. The "%(of)s" is a day, or a lot."""

    DAY_SHEET = "day_sheet", _("Day sheet of %(of)s")
    DAY_ON_PAPER = "day_on_paper", _("Day sheet of %(of)s, to print")
    VISIT_FILE = "visit_file", _("Calendar file of a visit")
    IMPORT_ERRORS = "import_errors", _("Rows of an import that came back")
    RECALL = "recall", _("Recall list of lot %(of)s")
    PAPER = "paper", _("Document as a file")
    AUDIT_TRAIL = "audit_trail", _("Audit trail")


class BackupAct(models.TextChoices):
    """What keeps the record from being lost."""

    BACKUP = "backup", _("backup")
    ARCHIVE = "archive", _("log of changes saved")
    DRILL = "drill", _("restore drill")


class Proof(models.TextChoices):
    """What shows that nobody changed the record behind its back."""

    SIGNATURES = "signatures", _("signatures")
    TRAIL = "trail", _("audit trail")
    HEAD = "head", _("head of the audit trail sent away")
