"""The pages of the staff that no story comes by, so that axe sees every page of the URL table."""

from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from tests.access import objects
from tests.access.walking import address, staff_urls, view_of

# Other browser tests look at these with axe: whoever takes a page out there takes it out here.
LOOKED_AT = {
    "patients": "list search register alike merge compare imports import detail edit add-contact profile",
    "scheduling": "today calendar print_day book find kept appointment move cancel check_in patient_visits set_up guide"
    " setting_history resources add_room add_visit_type add_hours add_leave unconfirmed walk_in put_on_board tablets",
    "sessions": "edit sign view lots lot receive_lot stock_rules prepare worklists alerts chart history review_card"
    " course course_review side_effect report_side_effect follow_up recalls audit_log",
    "reminders": "messages tomorrow patient",
}
# Files, pictures, and parts of a page that a script asks for.
NO_PAGES = {
    "accounts": "still_here logo_image",
    "patients": "import-progress import-returned",
    "scheduling": "calendar_events day_sheet visit_file letter",
    "reminders": "alarm_notice",
    "sessions": "picture_image picture_thumbnail paper letter worklist_counts session_review_card nerve_atlas recall"
    " audit_csv stock_today",
}
WHO = (Role.CLINICIAN, Role.FRONT_DESK, Role.CLINIC_ADMIN, Role.AUDITOR)

# Sign-in and second factors come with their library, and wear our layout.
SIGNED_OUT = ("account_login", "account_reset_password", "account_reset_password_done", "account_inactive")
OWN_ACCOUNT = (
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "usersessions_list",
    "account_change_password",
    "account_reauthenticate",
)


def _named(lists: dict[str, str]) -> set[str]:
    return {f"{app}:{name}" for app, names in lists.items() for name in names.split()}


def rest_of_pages(clinic: Clinic) -> list[tuple[str, Role | None, str]]:
    """Name, a role that may open it (or None: nobody signed in), and address of each page left."""
    elsewhere = _named(LOOKED_AT) | _named(NO_PAGES) | {"home", "settings"}
    values = objects.make(clinic, "Example")
    found: list[tuple[str, Role | None, str]] = [(name, None, reverse(name)) for name in SIGNED_OUT]
    found += [(name, Role.CLINICIAN, reverse(name)) for name in OWN_ACCOUNT]
    for name, pattern in staff_urls():
        view = view_of(pattern)
        if name not in elsewhere and "GET" in view.allowed_methods:
            role = next(role for role in WHO if may(role, view.required_act))
            found.append((name, role, address(name, pattern, values)))
    return found
