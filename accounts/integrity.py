"""What ``readyz`` says of the proofs, in one word each."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.choices import Proof
from accounts.models import IntegrityReport
from audit.head_files import problem_of

# They are daily; a night may be missed by some hours.
LATE = timedelta(hours=30)
OK, PROBLEM, LATE_WORD, UNCHECKED = "ok", "problem", "late", "not checked yet"


def integrity(*, now: datetime) -> dict[str, str]:
    """Proof → ``ok``, ``problem``, ``late`` or ``not checked yet``. One query."""
    reports = {report.proof: report for report in IntegrityReport.objects.all()}
    is_head_asked = settings.AUDIT_HEAD_EMAIL or settings.AUDIT_HEAD_FILE
    asked = [proof for proof in Proof if proof != Proof.HEAD or is_head_asked]
    words = {proof.value: _word(reports.get(proof), now) for proof in asked}
    return words | ({Proof.HEAD.value: PROBLEM} if problem_of(settings.AUDIT_HEAD_FILE) else {})


def _word(report: IntegrityReport | None, now: datetime) -> str:
    if report is None:
        return UNCHECKED  # a new server: its first night is still to come
    if report.problem_count:
        return PROBLEM
    return LATE_WORD if now - (report.proven_at or report.begun_at) > LATE else OK
