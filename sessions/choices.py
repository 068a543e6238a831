"""The words of the treatment record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# What a new point is given where nobody chose, by its code in the catalogue.
DEFAULT_SOLUTION = "D5W_BUF"


class PointSide(models.TextChoices):
    """The patient's own side of one injected point; a point is never on both."""

    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    MIDLINE = "midline", _("Midline")


class RecordStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SIGNED = "signed", _("signed")
    VOIDED = "voided", _("voided")


class Substance(models.TextChoices):
    """What an ingredient holds. The anaesthetics are spelt as in the catalogue (a test compares)."""

    DILUENT = "diluent", _("Water or saline: volume only")
    BICARBONATE = "bicarbonate", _("Sodium bicarbonate")
    DEXTROSE = "dextrose", _("Dextrose")
    MANNITOL = "mannitol", _("Mannitol")
    BUPIVACAINE = "bupivacaine", _("Bupivacaine")
    LIDOCAINE = "lidocaine", _("Lidocaine")
    MEPIVACAINE = "mepivacaine", _("Mepivacaine")
    PROCAINE = "procaine", _("Procaine")
    ROPIVACAINE = "ropivacaine", _("Ropivacaine")


class PaperKind(models.TextChoices):
    NOTE = "note", _("procedure note")
    LETTER = "letter", _("letter")


class PictureKind(models.TextChoices):
    PHOTO = "photo", _("photograph")
    ULTRASOUND = "ultrasound", _("ultrasound still")


class Depth(models.TextChoices):
    SUBCUTANEOUS = "subcutaneous", _("subcutaneous")
    DEEP = "deep", _("deep")


class Guidance(models.TextChoices):
    PALPATION = "palpation", _("palpation")
    ULTRASOUND = "ultrasound", _("ultrasound")


class ConsentSigner(models.TextChoices):
    PATIENT = "patient", _("the patient")
    GUARDIAN = "guardian", _("a parent, guardian or legal representative")


class CoSigned(models.TextChoices):
    """What a second name is put under: the record, or what was done to it after it was signed."""

    RECORD = "record", _("record")
    ADDENDUM = "addendum", _("addendum")
    VOID = "void", _("voiding")


class OverrideReason(models.TextChoices):
    """Why a session goes ahead although a rule asks or stops; lifting a stop needs words as well (domain.md §11)."""

    INTENDED = "intended", _("meant so for this patient")
    DISCUSSED = "discussed", _("discussed with the patient, who agrees")
    AGREED = "agreed", _("agreed with the prescriber or another doctor")
    CHECKED = "checked", _("checked again, it is as written")
    NOT_POSSIBLE = "not_possible", _("could not be done otherwise today")
    OTHER = "other", _("another reason")


class TimeOutItem(models.TextChoices):
    """What is said aloud before the needle (domain.md §12); the consent is affirmed again at each visit."""

    PATIENT = "patient", _("patient")
    CONSENT = "consent", _("consent")
    SIDE = "side", _("side")
    NERVES = "nerves", _("nerves")
    SOLUTION = "solution", _("solution")
    LOT = "lot", _("lot")
    ALLERGY = "allergy", _("allergy")


class Question(models.TextChoices):
    """What a pain score answers; only scores of one question are ever compared."""

    REST = "rest", _("at rest")
    PROVOKED = "provoked", _("on the provoked movement")
    NOW = "now", _("now")
    AVERAGE_7D = "average_7d", _("average of 7 days")
    WORST_7D = "worst_7d", _("worst of 7 days")


class Moment(models.TextChoices):
    """When a pain score was asked. Before = trough of the interval, after = peak of relief; observed = again at about
    15 minutes (domain.md §5), kept beside the one after and never instead of it."""

    BEFORE = "before", _("before injection")
    AFTER = "after", _("after injection")
    OBSERVED = "observed", _("in observation")
    CARE_0H = "care_0h", _("same day")
    CHECK_24H = "check_24h", _("next day")
    CHECK_72H = "check_72h", _("day 3")
    CHECK_7D = "check_7d", _("day 7")
    OTHER = "other", _("another time")


def moment_of(step: str) -> Moment:
    """The moment a step of the ladder asks about; another time where it is none."""
    return Moment(step) if step in Moment.values else Moment.OTHER


class Source(models.TextChoices):
    CLINICIAN = "clinician", _("clinician")
    PORTAL = "portal", _("patient")
    PHONE = "phone", _("by phone")


class OverallChange(models.IntegerChoices):
    """Patient global impression of change (PGIC), in our own words as the catalogue has them (domain.md §7)."""

    VERY_MUCH_BETTER = 1, _("very much better")
    MUCH_BETTER = 2, _("much better")
    A_LITTLE_BETTER = 3, _("a little better")
    NO_CHANGE = 4, _("no change")
    A_LITTLE_WORSE = 5, _("a little worse")
    MUCH_WORSE = 6, _("much worse")
    VERY_MUCH_WORSE = 7, _("very much worse")


class Priority(models.TextChoices):
    """How soon somebody must act on a side effect (domain.md §8)."""

    P0 = "P0", _("P0 now")
    P1 = "P1", _("P1 within 2 hours")
    P2 = "P2", _("P2 next working day")
    P3 = "P3", _("P3 log")


class DangerSign(models.TextChoices):
    """The signs a patient can report with one tap (domain.md §8): first those that show the emergency words at once
    (P0), then those that need a call within two hours (P1). The catalogue holds the triage of each."""

    BREATHLESS = "breathless", _("hard to breathe, or chest pain")
    SWELLING = "swelling", _("swollen face or tongue, or a rash over the body")
    COLLAPSE = "collapse", _("fainted, a fit, or a numb mouth with a metal taste")
    VISION = "vision", _("sudden loss of sight")
    WEAKNESS = "weakness", _("an arm or leg has become weak")
    BLADDER = "bladder", _("loss of control of bladder or bowel, or numb between the legs")
    HEADACHE = "headache", _("the worst headache ever with a stiff neck")
    FEVER = "fever", _("a fever of 38 °C or more with a red or hot spot")
    PUS = "pus", _("pus where you were treated")
    GROWING = "growing", _("a swelling that keeps growing")
    SEVERE_PAIN = "severe_pain", _("pain of 8 or more that nothing eases")
    NUMBNESS = "numbness", _("numbness that is spreading")


class AlertStatus(models.TextChoices):
    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("taken")
    CLOSED = "closed", _("closed")


class Severity(models.IntegerChoices):
    MILD = 1, _("1 mild")
    MODERATE = 2, _("2 moderate")
    SEVERE = 3, _("3 severe")
    LIFE_THREATENING = 4, _("4 life-threatening")
    DEATH = 5, _("5 death")


class Seriousness(models.TextChoices):
    """ICH E2A: any one of these makes an event serious (domain.md §8)."""

    DEATH = "death", _("death")
    LIFE_THREATENING = "life_threatening", _("life-threatening at the time")
    HOSPITAL = "hospital", _("new or longer hospital stay")
    DISABILITY = "disability", _("lasting disability")
    BIRTH_DEFECT = "birth_defect", _("birth defect")
    OTHER_IMPORTANT = "other_important", _("other important medical event")


class Causality(models.TextChoices):
    """WHO-UMC categories."""

    CERTAIN = "certain", _("certain")
    PROBABLE = "probable", _("probable")
    POSSIBLE = "possible", _("possible")
    UNLIKELY = "unlikely", _("unlikely")
    CONDITIONAL = "conditional", _("waiting for data")
    UNASSESSABLE = "unassessable", _("cannot be assessed")


class FollowUpOutcome(models.TextChoices):
    BETTER = "better", _("better")
    SAME = "same", _("the same")
    WORSE = "worse", _("worse")
    NOT_REACHED = "not_reached", _("not reached")
    GONE = "gone", _("closed: deceased or left")


# The patient told it.
SPOKEN = (FollowUpOutcome.BETTER, FollowUpOutcome.SAME, FollowUpOutcome.WORSE)


class RecallKind(models.TextChoices):
    """Why a patient is asked back (domain.md §12), in words that tell nothing clinical."""

    NOT_BOOKED = "not_booked", _("No next visit is booked")
    NO_ANSWER = "no_answer", _("Has not answered since the visit")
    LAPSED = "lapsed", _("Not here for more than 8 weeks: book a new evaluation")
    REVIEW = "review", _("The plan waits for a clinician")


class RecallOutcome(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    CALL_AGAIN = "call_again", _("call again on a day")


class EndReason(models.TextChoices):
    """Why a course ended; an outcome counts stopping for lack of effect or harm as failure (domain.md §10)."""

    SUCCESS = "success", _("goal reached or pain low enough")
    COMPLETED = "completed", _("the planned sessions are done")
    NO_EFFECT = "no_effect", _("too little effect")
    HARM = "harm", _("side effects")
    PATIENT = "patient", _("the patient’s wish")
    LOST = "lost", _("the patient did not come back")
    OTHER = "other", _("another reason")


class StopRule(models.TextChoices):
    """What asks for a review of a course (domain.md §5; the arithmetic is ``sessions.stop_rules``)."""

    FIRST_TWO = "a", _("little relief in the first two sessions")
    NO_FALL = "b", _("no fall after three sessions")
    TOO_LITTLE = "c", _("less than 30 % fall after six sessions")
    PLATEAU = "d", _("plateau over three sessions")
    SUCCESS = "success", _("pain low or goal reached")


class ReviewDecision(models.TextChoices):
    CONTINUE = "continue", _("continue")
    CHANGE = "change", _("change the treatment")
    STOP = "stop", _("stop the course")


class Statement(models.TextChoices):
    """What somebody says by signing. The document names it by its code: a code never comes to mean something else."""

    TREATED = "treated", _("I gave this treatment and this record is true.")
    READ = (
        "read",
        _("%(name)s gave this treatment. I did not give it; I have read this record and it is true as far as I know."),
    )


class Proven(models.TextChoices):
    """What is sealed by a hash and read again each night."""

    SESSION = "session", _("session record")
    PICTURE = "picture", _("picture")
    PAPER = "paper", _("paper")


class Breakage(models.TextChoices):
    """What is wrong with something that was signed (sessions/sql/signed_documents.sql says how each is found)."""

    DOCUMENT = "document", _("the signed document is not what was signed")
    ROWS = "rows", _("the stored entries no longer say what the signed document says")
    TRAIL = "trail", _("the audit trail names another signature")
    PLACE = "place", _("it lies with another patient")
    UNSIGNED = "unsigned", _("the signature was taken away")
    CO_SIGNATURE = "co_signature", _("the co-signature was given to another content")
    GONE = "gone", _("the record is gone")
    BYTES = "bytes", _("the file is not what was kept")
    VERSION = "version", _("signed in a version that this program does not know")
