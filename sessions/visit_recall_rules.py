"""When a patient is asked back (domain.md §12). Times as ``timedelta``; no Django here."""

from datetime import timedelta

BOOK_WITHIN = timedelta(hours=48)  # after a signed session the next visit should be booked
ANSWER_WITHIN = timedelta(days=7)  # so long a message may stay unanswered
LAPSED_AFTER = timedelta(weeks=8)  # mid-course; then a fresh evaluation
REVIEW_WITHIN = timedelta(days=7)  # [DEF] as on the worklist of the reviews
QUIET_AFTER_REACHED = timedelta(days=7)  # [DEF] the patient was spoken to, and may still book
QUIET_AFTER_NO_ANSWER = timedelta(days=1)  # [DEF] the next try is tomorrow's
LONGEST_SNOOZE = timedelta(days=365)
