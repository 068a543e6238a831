from accounts.models.backup_reports import BackupReport
from accounts.models.clinic_logos import ClinicLogo
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from accounts.models.clinics import Clinic
from accounts.models.integrity_reports import IntegrityReport
from accounts.models.invitations import Invitation
from accounts.models.memberships import Membership
from accounts.models.on_call import OnCallPerson
from accounts.models.sent_forms import SentForm
from accounts.models.sign_in_letters import SignInLetter
from accounts.models.staff_letters import NO_SERVER, StaffLetter
from accounts.models.users import User

__all__ = [
    "NO_SERVER",
    "BackupReport",
    "Clinic",
    "ClinicForeignKey",
    "ClinicLogo",
    "ClinicOwned",
    "ClinicOwnedQuerySet",
    "ClinicRules",
    "IntegrityReport",
    "Invitation",
    "Membership",
    "OnCallPerson",
    "SentForm",
    "SignInLetter",
    "StaffLetter",
    "User",
    "manager_of",
]
