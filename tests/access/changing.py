"""Every POST that makes nothing new of itself: what a second one finds, and what is typed to try it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from scheduling.models import Appointment
from sessions.forms.consents import fingerprint
from sessions.queries.consent_wordings import wordings_of
from sessions.services.consents import Text
from tests.factories.treatments import WORDS_OF_CONSENT
from tests.scheduling.conftest import NOW, Practice, at

Made = dict[str, Any]
# What is typed; under "" the objects that stand in the address instead of the walk's.
Typed = dict[str, Any]

_TAP = "changes a row; the second tap finds it changed"
_VERSION = "changes a row under its version"
_ROW = "one row, written over"
_GONE = "removes a row; the second finds none"
SAME_VIEW = "changes a row; the page that adds one shares its view, and so its key"
_READS = "reads only"
_DRAFT = "one draft, under its version"
_ONE_A_RECORD = "one of a record, which the database insists on"
_UNDO = "takes one act back, once"

CHANGING: dict[str, str] = {
    "accounts:switch_clinic": "chooses a clinic for the session",
    "accounts:still_here": _READS,
    "accounts:shortcuts": _ROW,
    "accounts:co_signature": _ROW,
    "accounts:settings": _ROW,
    "accounts:undo_details": _UNDO,
    "accounts:logo": _ROW,
    "accounts:remove_logo": _GONE,
    "accounts:resend_invitation": "a new link in place of the old one, once a minute",
    "accounts:withdraw_invitation": _TAP,
    "sessions:change_role": _ROW,
    "accounts:reset_second_factor": "removes what is there; the second finds nothing",
    "sessions:audit_check": _READS,
    "sessions:audit_find": _READS,
    "sessions:audit_csv": _READS,
    "sessions:recall": _READS,
    "scheduling:print_day": _READS,
    "scheduling:day_sheet": _READS,
    "patients:import-returned": _READS,
    "patients:search": _READS,
    "patients:choose": _READS,
    "patients:birth-date": _READS,
    "patients:compare-with": _READS,
    "patients:undo-merge": _UNDO,
    "patients:reverse-merge": _UNDO,
    "patients:say-of-pair": "one verdict for a pair; the last word holds",
    "patients:unsay-of-pair": _GONE,
    "patients:import-check": "one file, in one state",
    "patients:import-apply": "one file, imported once",
    "patients:import-take-back": "one file, in one state",
    "patients:import-discard": "one file, in one state",
    "patients:edit": _VERSION,
    "patients:edit-contact": "writes down only what changed",
    "patients:stop-contact": _TAP,
    "patients:resume-contact": _TAP,
    "patients:verify-contact": _TAP,
    "patients:unverify-contact": _TAP,
    "patients:confirm-code": "one code, used once",
    "patients:share-contact": _TAP,
    "patients:unshare-contact": _TAP,
    "patients:remove-number": _GONE,
    "patients:end-condition": _TAP,
    "patients:none-known": "the last word holds",
    "patients:end-allergy": _TAP,
    "patients:lower-flag": _TAP,
    "patients:confirm-flag": _TAP,
    "scheduling:revoke_calendar_link": _TAP,
    "scheduling:keep": "a time is kept once; whoever keeps it already gets the same",
    "scheduling:book_at": "a time is kept once; whoever keeps it already gets the same",
    "scheduling:keep_for": "a time is kept once; whoever keeps it already gets the same",
    "scheduling:keep_choice": "a time is kept once; whoever keeps it already gets the same",
    "scheduling:let_go": _TAP,
    "scheduling:keep_longer": _TAP,
    "scheduling:undo_series": _UNDO,
    "scheduling:move": _VERSION,
    "scheduling:drop": _VERSION,
    "scheduling:undo_drop": _UNDO,
    "scheduling:keep_quiet": _VERSION,
    "scheduling:cancel": _VERSION,
    "scheduling:change_status": _VERSION,
    "scheduling:undo": _UNDO,
    "scheduling:check_in": _VERSION,
    "scheduling:no_show": _VERSION,
    "scheduling:confirm": _VERSION,
    "scheduling:give_tablet_code": "a new code in place of the old one",
    "scheduling:revoke_tablet": _TAP,
    "scheduling:waiting_entry": _VERSION,
    "scheduling:withdraw_waiting": _VERSION,
    "scheduling:restore_waiting": _VERSION,
    "scheduling:close_slot": _TAP,
    "scheduling:reopen_slot": _TAP,
    "scheduling:withdraw_offer": _TAP,
    "scheduling:decline_offer": _TAP,
    "scheduling:walk_in": _READS,
    "scheduling:desk_rules": _ROW,
    "scheduling:add_default_types": "each usual type once, by its code",
    "scheduling:change_equipment": SAME_VIEW,
    "scheduling:change_room": SAME_VIEW,
    "scheduling:change_visit_type": SAME_VIEW,
    "scheduling:remove_closure": _GONE,
    "scheduling:remove_extra_hours": _GONE,
    "scheduling:remove_credential": _GONE,
    "scheduling:remove_hours": _GONE,
    "scheduling:remove_leave": _GONE,
    "scheduling:open_room": _GONE,
    "scheduling:booking_rule": _ROW,
    "scheduling:undo_setting_change": _UNDO,
    "sessions:hand_over": _TAP,
    "sessions:switch_off": _TAP,
    "sessions:bring_person_back": _TAP,
    "sessions:give_role_back": _UNDO,
    "sessions:start": "one record of a visit; the second opens it",
    "sessions:edit": _DRAFT,
    "sessions:autosave": _DRAFT,
    "sessions:totals": _READS,
    "sessions:quick_entry": _READS,
    "sessions:throw_away": _GONE,
    "sessions:sign": _ONE_A_RECORD,
    "sessions:co_sign": _ONE_A_RECORD,
    "sessions:co_sign_void": _ONE_A_RECORD,
    "sessions:send_back": _TAP,
    "sessions:ask_again": _TAP,
    "sessions:treated": _DRAFT,
    "sessions:agree_to_rules": _TAP,
    "sessions:refuse_rules": _TAP,
    "sessions:void": _ONE_A_RECORD,
    "sessions:withdraw_consent": _TAP,
    "sessions:consent_wording": _VERSION,
    "sessions:rules": _VERSION,
    "sessions:withdraw_picture_consent": _TAP,
    "sessions:remove_picture": _GONE,
    "sessions:strike_picture": _TAP,
    "sessions:stock_rules": _ROW,
    "sessions:product": _ROW,
    "sessions:retire_product": _TAP,
    "sessions:bring_back_product": _TAP,
    "sessions:recipe": _ROW,
    "sessions:retire_recipe": _TAP,
    "sessions:bring_back_recipe": _TAP,
    "sessions:check_preparation": _TAP,
    "sessions:quarantine_lot": _TAP,
    "sessions:release_lot": _TAP,
    "sessions:correct_lot": _ROW,
    "sessions:take_back_movement": _UNDO,
    "sessions:take_back_contact": _TAP,
    "sessions:end_lot_recall": _TAP,
    "sessions:reopen_lot_recall": _TAP,
    "sessions:undo_opening": _GONE,
    "sessions:discard_container": _TAP,
    "sessions:take_back_container": _TAP,
    "sessions:undo_preparation": _GONE,
    "sessions:discard_preparation": _TAP,
    "sessions:take_back_preparation": _TAP,
    "sessions:acknowledge_side_effect": _VERSION,
    "sessions:give_back_side_effect": _VERSION,
    "sessions:grade_side_effect": _VERSION,
    "sessions:retriage_side_effect": _VERSION,
    "sessions:close_side_effect": _VERSION,
    "sessions:reopen_side_effect": _VERSION,
    "sessions:course": _VERSION,
    "sessions:end_course": _TAP,
    "sessions:reopen_course": _TAP,
    "sessions:course_review": "one decision, until it is taken back",
    "sessions:take_course_review": _TAP,
    "sessions:give_back_course_review": _TAP,
    "sessions:reopen_course_review": _TAP,
    "sessions:follow_up": "one call, completed once",
    "sessions:take_follow_up": _TAP,
    "sessions:give_back_follow_up": _TAP,
    "sessions:reopen_follow_up": _TAP,
    "sessions:take_recall": _ROW,
    "sessions:give_back_recall": _ROW,
    "sessions:rest_recall": _ROW,
    "sessions:wake_recall": _ROW,
    "sessions:mark_deceased": _ROW,
    "sessions:mark_left": _ROW,
    "sessions:bring_back": _TAP,
    "sessions:undo_departure": _TAP,
    "sessions:put_back_departed": _TAP,
    "sessions:keep_patient": _TAP,
    "sessions:cancel_visits": _TAP,
    "sessions:close_follow_ups": _TAP,
    "reminders:on_call_mobile": _ROW,
    "reminders:move_on_call": "changes the order of rows",
    "reminders:remove_on_call": _GONE,
    "reminders:page_as_test": "a test page that has not left stands for the next",
    "reminders:end_hold": _TAP,
    "reminders:send_now": _TAP,
    "reminders:hold": _TAP,
    "reminders:stop": _TAP,
    "reminders:resume": _TAP,
}

# Refused for the walk's object, whatever is typed: nothing is there to be done, and so nothing twice.
REFUSED = {
    "accounts:switch_clinic",  # another member's
    "scheduling:keep_quiet",  # nobody was told of a move
    "sessions:edit",  # saved under the draft's version: tests/sessions/test_draft_races.py
    "sessions:sign",  # the rules stand against it: tests/sessions/test_signatures.py
    "sessions:check_preparation",  # this clinic wants no second check: tests/sessions/test_mixtures.py
    "sessions:undo_opening",  # something was drawn
    "sessions:release_lot",
    "sessions:reopen_lot_recall",
    "sessions:take_back_container",
    "sessions:take_back_preparation",
}


def _kept(practice: Practice, made: Made) -> Typed:
    return {"visit_type": practice.visit_type.pk, "chosen": f"{at(12).isoformat()}/{practice.clinician.pk}"}


def _of_visit(hour: int = 14, **typed: Any) -> Callable[[Practice, Made], Typed]:
    def made_for(practice: Practice, made: Made) -> Typed:
        visit: Appointment = practice.book(starts_at=at(hour), now=NOW)
        return {"": {"appointment_id": visit.pk}, "version": visit.version, **typed}

    return made_for


def _moved(practice: Practice, made: Made) -> Typed:
    return _of_visit(chosen=f"{at(16).isoformat()}/{practice.clinician.pk}")(practice, made)


def _plain(**typed: Any) -> Callable[[Practice, Made], Typed]:
    return lambda practice, made: typed


def _reworded(practice: Practice, made: Made) -> Typed:
    """A text that was looked at before it is put in force."""
    text = replace(Text.of(wordings_of(practice.clinic).shown_to("en")), lines=[WORDS_OF_CONSENT])
    shown = {"text": WORDS_OF_CONSENT, "previewed": fingerprint(text), "act": "publish"}
    return shown | {"reason": "shorter", "says_off_label": "on"}


def _picture(practice: Practice, made: Made) -> Typed:
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    return {"file": SimpleUploadedFile("logo.png", out.getvalue())}


TYPED: dict[str, Callable[[Practice, Made], Typed]] = {
    "accounts:logo": _picture,
    "sessions:autosave": _plain(**{"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}),
    "sessions:change_role": _plain(role="auditor"),
    "sessions:hand_over": lambda practice, made: {"to": made["clinician_id"]},
    "accounts:reset_second_factor": _plain(reason="phone lost"),
    "patients:reverse-merge": _plain(reason="a slip"),
    "patients:compare-with": lambda practice, made: {"patient": made["other_patient_id"]},
    "patients:say-of-pair": _plain(verdict="different"),
    "patients:stop-contact": _plain(reason="wrong"),
    "patients:confirm-code": _plain(code="123456"),
    "patients:end-condition": _plain(day="2026-09-01"),
    "scheduling:book_at": _kept,
    "scheduling:keep": _kept,
    "scheduling:keep_for": _kept,
    "scheduling:keep_choice": _kept,
    "scheduling:move": _moved,
    "scheduling:drop": _of_visit(at="2026-09-07T16:00"),
    "scheduling:cancel": _of_visit(cancelled_by="patient", reason="ill"),
    "scheduling:change_status": _of_visit(to="confirmed"),
    "scheduling:confirm": _of_visit(),
    "scheduling:check_in": _of_visit(marks=["birth_date", "full_name"]),
    "scheduling:no_show": _of_visit(8, reason="forgot"),
    "sessions:void": lambda practice, made: {"": {"session_id": made["signed_session_id"]}, "reason": "a wrong one"},
    "sessions:withdraw_consent": _plain(reason="changed her mind"),
    "sessions:consent_wording": _reworded,
    "sessions:refuse_rules": _plain(answer="too much for a point"),
    "sessions:send_back": _plain(comment="which lot?"),
    "sessions:rules": _plain(reason="small bottles", limit_point_ml_subcutaneous="0.8"),
    "sessions:strike_picture": _plain(reason="of somebody else"),
    "sessions:quarantine_lot": _plain(reason="a crack"),
    "sessions:discard_container": _plain(reason="dropped"),
    "sessions:correct_lot": _plain(reason="mistyped", lot_number="AB-7", expiry_date="2031-01-31"),
    "sessions:acknowledge_side_effect": _plain(version=1),
    "sessions:give_back_side_effect": _plain(version=1),
    "sessions:reopen_side_effect": _plain(version=1),
    "sessions:grade_side_effect": _plain(version=1, severity=1),
    "sessions:retriage_side_effect": _plain(version=1, priority="P3", reason="seen today"),
    "sessions:close_side_effect": _plain(version=1, event_type="OTHER", outcome="well again"),
    "sessions:end_course": _plain(reason="patient"),
    "sessions:course_review": _plain(decision="continue", reason="sleeps better"),
    "sessions:follow_up": _plain(outcome="better", change="2"),
    "sessions:mark_left": _plain(left_date="2026-09-01"),
    "sessions:bring_back": _plain(reason="a slip"),
    "reminders:move_on_call": lambda practice, made: {"to": "down", "order": made["person_id"]},
    "reminders:remove_on_call": _plain(is_sure="on"),
    "sessions:rest_recall": _plain(day="2026-10-01"),
}
