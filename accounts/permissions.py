"""What each role may do: one table, deny by default."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role


class Act(models.TextChoices):
    """One thing a person may do. Views name it; templates ask for it with ``actor.may_…``."""

    OWN_ACCOUNT = "own_account", _("Manage the own sign-in")
    SEE_TODAY = "see_today", _("See the clinic's day")
    FIND_PATIENTS = "find_patients", _("Find patients")
    REGISTER_PATIENTS = "register_patients", _("Register patients and change their details")
    MERGE_PATIENTS = "merge_patients", _("Merge two records of one patient, and take it back")
    IMPORT_PATIENTS = "import_patients", _("Import patients from a file")
    EDIT_CLINICAL_PROFILE = "edit_clinical_profile", _("Record conditions, allergies and risk flags")
    SEE_SCHEDULE = "see_schedule", _("See the calendar")
    BOOK_VISITS = "book_visits", _("Book, move and cancel visits")
    OWN_CALENDAR_LINK = "own_calendar_link", _("Have the own visits in a calendar program")
    ENTER_LEAVE = "enter_leave", _("Enter who is away, and take it back")
    SET_UP_SCHEDULE = "set_up_schedule", _("Set up rooms, hours and visit types")
    SEE_CHART = "see_chart", _("Open a patient's chart")
    SEE_HISTORY = "see_history", _("See who changed and who saw a record")
    LOG_SESSIONS = "log_sessions", _("Log injection sessions")
    SIGN_SESSIONS = "sign_sessions", _("Sign and void injection sessions")
    PLAN_COURSES = "plan_courses", _("Plan, review and end courses")
    LIFT_STOPS = "lift_stops", _("Lift a stop of the safety rules with a reason")
    SEE_RULES = "see_rules", _("Read the safety rules in force and their history")
    AGREE_TO_RULES = "agree_to_rules", _("Agree to weaker safety rules, by name")
    REFUSE_RULES = "refuse_rules", _("Refuse a change of the safety rules, or take it back")
    MANAGE_STOCK = "manage_stock", _("Receive lots of solutions")
    SEE_MESSAGES = "see_messages", _("See the messages to patients")
    SEND_MESSAGES = "send_messages", _("Resend and stop messages")
    SEE_WORKLISTS = "see_worklists", _("See worklists")
    REPORT_SIDE_EFFECTS = "report_side_effects", _("Report a side effect")
    WORK_ALERTS = "work_alerts", _("Acknowledge and close side-effect reports")
    SEE_ON_CALL = "see_on_call", _("See who is on call, and send a test page")
    COMPLETE_FOLLOW_UPS = "complete_follow_ups", _("Complete follow-ups")
    SEE_AUDIT = "see_audit", _("Read the audit trail")
    SEE_OUTCOMES = "see_outcomes", _("See outcomes")
    CHANGE_SETTINGS = "change_settings", _("Change the clinic's settings")


_C, _D, _A, _U, _R = Role.CLINICIAN, Role.FRONT_DESK, Role.CLINIC_ADMIN, Role.AUDITOR, Role.RESEARCHER

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.OWN_ACCOUNT: frozenset(Role),
    Act.SEE_TODAY: frozenset({_C, _D, _A}),
    Act.FIND_PATIENTS: frozenset({_C, _D, _A}),
    Act.REGISTER_PATIENTS: frozenset({_C, _D, _A}),
    Act.MERGE_PATIENTS: frozenset({_C, _A}),
    Act.IMPORT_PATIENTS: frozenset({_A}),
    Act.EDIT_CLINICAL_PROFILE: frozenset({_C}),
    Act.SEE_SCHEDULE: frozenset({_C, _D, _A}),
    Act.BOOK_VISITS: frozenset({_C, _D, _A}),
    Act.OWN_CALENDAR_LINK: frozenset({_C}),
    Act.ENTER_LEAVE: frozenset({_D, _A}),
    Act.SET_UP_SCHEDULE: frozenset({_A}),
    Act.SEE_CHART: frozenset({_C}),
    Act.SEE_HISTORY: frozenset({_C, _A, _U}),
    Act.LOG_SESSIONS: frozenset({_C}),
    Act.SIGN_SESSIONS: frozenset({_C}),
    Act.PLAN_COURSES: frozenset({_C}),
    Act.LIFT_STOPS: frozenset({_C}),
    Act.SEE_RULES: frozenset({_C, _A, _U}),
    Act.AGREE_TO_RULES: frozenset({_C}),
    Act.REFUSE_RULES: frozenset({_C, _A}),
    Act.MANAGE_STOCK: frozenset({_C, _A}),
    Act.SEE_MESSAGES: frozenset({_C, _D, _A}),
    Act.SEND_MESSAGES: frozenset({_C, _D, _A}),
    Act.SEE_WORKLISTS: frozenset({_C, _D, _A}),
    Act.REPORT_SIDE_EFFECTS: frozenset({_C, _D}),
    Act.WORK_ALERTS: frozenset({_C}),
    Act.SEE_ON_CALL: frozenset({_C, _A}),
    Act.COMPLETE_FOLLOW_UPS: frozenset({_C, _D}),
    Act.SEE_AUDIT: frozenset({_U, _A}),
    Act.SEE_OUTCOMES: frozenset({_C, _A, _R}),
    Act.CHANGE_SETTINGS: frozenset({_A}),
}


def may(role: str, act: Act) -> bool:
    """Answer whether the role may do the act; an unknown role or an unlisted act may not."""
    return role in ALLOWED.get(act, frozenset())
