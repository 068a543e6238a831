"""The small fixed vocabularies of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BodyPart(models.TextChoices):
    HEAD_NECK = "head_neck", _("Head and neck")
    TRUNK = "trunk", _("Trunk")
    UPPER_LIMB = "upper_limb", _("Arm and hand")
    LOWER_LIMB = "lower_limb", _("Leg and foot")
    UNSPECIFIC = "unspecific", _("Not one place")


class Laterality(models.TextChoices):
    LATERAL = "L", _("Side required")
    MIDLINE = "M", _("Midline")
    EITHER = "LM", _("Side or midline")


class FigurePart(models.TextChoices):
    """What a figure of the nerve map shows: the whole body, or one part close up."""

    BODY = "body", _("Whole body")
    HEAD = "head", _("Head")
    SHOULDER = "shoulder", _("Shoulder")
    ELBOW = "elbow", _("Elbow")
    HAND = "hand", _("Hand")
    KNEE = "knee", _("Knee")
    ANKLE = "ankle", _("Ankle")
    FOOT = "foot", _("Foot")


class FigureView(models.TextChoices):
    """From where it is seen. Left and right are the patient's own sides."""

    FRONT = "front", _("Front")
    BACK = "back", _("Back")
    LEFT = "left", _("Left side")
    RIGHT = "right", _("Right side")
    SIDE = "side", _("Side")
    PALM = "palm", _("Palm")
    OUTER = "outer", _("Outer side")
    INNER = "inner", _("Inner side")
    TOP = "top", _("Top")
    SOLE = "sole", _("Sole")


class AnchorSide(models.TextChoices):
    """The patient's own side."""

    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    MIDLINE = "midline", _("Midline")


class DepthClass(models.TextChoices):
    SUPERFICIAL = "S", _("Superficial")
    DEEP = "D", _("Deep, usually by ultrasound")
    EITHER = "SD", _("Superficial or deep")


class PointsPer(models.TextChoices):
    SIDE = "side", _("a side")
    DIGIT = "digit", _("a digit")
    WEB = "web", _("a web space")


class NerveFlag(models.TextChoices):
    PLEURA = "PTX", _("Pleura near: pneumothorax risk")
    VESSEL = "VASC", _("Major vessel near")
    EYE = "EYE", _("Eye near")
    AIRWAY = "AIRWAY", _("Airway near")
    SPINE = "SPINE", _("Spine near")
    MOTOR = "MOTOR", _("Mixed nerve: weakness possible")
    INTIMATE = "GEN", _("Intimate area: offer a chaperone")


class EvidenceGrade(models.TextChoices):
    TRIAL = "E1", _("At least one randomised trial of perineural or subcutaneous dextrose")
    TRIAL_DEEP = "E1u", _("At least one randomised trial, ultrasound-guided or another deep route only")
    SERIES = "E2", _("Series or case reports")
    PRACTICE = "E3", _("Practice claim only")
    PROLOTHERAPY = "P", _("Randomised trials of hypertonic prolotherapy only")


class FurtherCharacter(models.TextChoices):
    NONE = "none", _("Complete as it stands")
    SIDE = "side", _("The side completes it")
    CODER = "coder", _("The coder completes it")


class TechniqueDepth(models.TextChoices):
    SUBCUTANEOUS = "subcutaneous", _("Under the skin")
    DEEP_NERVE = "deep_nerve", _("Around a deep nerve")
    CAUDAL_EPIDURAL = "caudal_epidural", _("Caudal epidural")
    ENTHESIS_JOINT = "enthesis_joint", _("Enthesis or joint")
    VARIES = "varies", _("Varies")


class VolumePer(models.TextChoices):
    POINT = "point", _("a point")
    NERVE = "nerve", _("a nerve")
    PROCEDURE = "procedure", _("a procedure")
    SITE = "site", _("a site")


class Anaesthetic(models.TextChoices):
    BUPIVACAINE = "bupivacaine", _("Bupivacaine")
    LIDOCAINE = "lidocaine", _("Lidocaine")
    MEPIVACAINE = "mepivacaine", _("Mepivacaine")
    PROCAINE = "procaine", _("Procaine")
    ROPIVACAINE = "ropivacaine", _("Ropivacaine")


class LicenceStatus(models.TextChoices):
    GREEN = "GREEN", _("Text may be shipped with care")
    AMBER = "AMBER", _("Scores only until written permission is on file")
    RED = "RED", _("Never ship the text, a translation or a look-alike")


class ThresholdKind(models.TextChoices):
    MCID = "MCID", _("Smallest change that matters")
    MDC = "MDC", _("Smallest change above measurement error")
    CUT_OFF = "CUT_OFF", _("Screening cut-off")


class ThresholdUnit(models.TextChoices):
    POINTS = "points", _("points")
    PERCENT = "percent", _("percent of the first score")
    CATEGORY = "category", _("answer reached")


class AnswerKind(models.TextChoices):
    NUMBER_0_10 = "number_0_10", _("Whole number from 0 to 10")
    LINE_0_100 = "line_0_100", _("Mark on a line of 100 mm")
    ONE_OF = "one_of", _("One of the answers")
    HOURS = "hours", _("Hours")


class ResultKind(models.TextChoices):
    FALL = "fall", _("Fall from the first score")
    GAIN = "gain", _("Gain from the first score")
    LEVEL = "level", _("Score at this time")
    RESPONDERS = "responders", _("Share of patients, percent")
    RELIEF_PERCENT = "relief_percent", _("Relief, percent")
    EFFECT_SIZE = "effect_size", _("Standardised mean difference")
    RISK_RATIO = "risk_ratio", _("Risk ratio")
    P_VALUE = "p_value", _("P value")


class TriageLevel(models.TextChoices):
    P0 = "P0", _("Page a clinician now")
    P1 = "P1", _("Call within two hours")
    P2 = "P2", _("Next working day")
    P3 = "P3", _("Log")


class ScreeningEffect(models.TextChoices):
    HARD_BLOCK = "hard_block", _("Stops the treatment")
    SOFT_BLOCK = "soft_block", _("A physician decides")
    SOFT_WARNING = "soft_warning", _("Warning")
    FLAG = "flag", _("Flag for today")


class CareAnchor(models.TextChoices):
    SESSION_CLOSED = "session_closed", _("After the session")
    NEXT_VISIT = "next_visit", _("Before the next visit")
    LAST_SESSION = "last_session", _("After the last session of the course")


class CareChannel(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    PORTAL = "portal", _("Portal")


class TermRelation(models.TextChoices):
    SYNONYM = "synonym", _("Another word for it")
    KEEP_APART = "keep_apart", _("Something else: keep apart")
