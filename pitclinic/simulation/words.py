"""What the made-up record says in words, and how often which flag or allergy stands in it."""

from collections.abc import Collection

from patients.choices import allergy_words

GOALS = (
    "Walk to the market and back",
    "Sleep through the night",
    "Play with my grandchildren on the floor",
    "Type for an hour without stopping",
    "Climb the stairs at home",
    "Carry the shopping",
    "Run five kilometres again",
    "Turn my head when driving",
)
MOVEMENTS = (
    "standing up from a chair",
    "first steps in the morning",
    "gripping a cup",
    "lifting the arm over the head",
    "bending forward",
    "turning the head",
    "walking downstairs",
    "sitting for ten minutes",
)
NOTES = (
    "",
    "",
    "Tender along the whole course of the nerve; calmer after the second pass.",
    "Tolerated well. Small welt at one point, gone after a minute.",
    "Less spread of the tenderness than last time.",
    "Treated lying down.",
    "One point left out, skin irritated there.",
)
CANCEL_REASONS = ("feels unwell", "has another appointment", "no transport", "on holiday")
CLINIC_CANCEL_REASONS = ("clinician ill", "room not available")
VOID_REASON = "Written in the wrong patient's record; written again in the right one."
REACTIONS = ("rash", "swelling", "itching", "wheeze", "")
# share of patients, what
ALLERGIES = (
    (0.012, "latex", ""),
    (0.02, "adhesive", ""),
    (0.01, "chlorhexidine", ""),
    (0.006, "local_anaesthetic", ""),
    (0.004, "corn", ""),
    (0.05, "other", "penicillin"),
)
# share of patients, flag, youngest age
FLAGS = (
    (0.05, "anticoagulant", 50, "apixaban"),
    (0.08, "antiplatelet", 50, "aspirin 100 mg"),
    (0.09, "diabetes", 40, ""),
    (0.05, "vasovagal", 0, ""),
    (0.07, "needle_fear", 0, ""),
    (0.02, "immunosuppression", 0, ""),
    (0.04, "recent_steroid", 0, ""),
    (0.06, "implant", 45, "knee replacement"),
    (0.03, "copd", 50, ""),
    (0.03, "cancer_history", 40, ""),
    (0.06, "fall_risk", 70, ""),
    (0.02, "chaperone", 0, ""),
    (0.03, "interpreter", 0, ""),
)
INTERPRETER = "Dana Kowalczyk"

# screening item → flags that make its answer a yes
OVERRIDE_REASON = "Discussed with the patient and the prescriber; longer pressure afterwards."
CONDITION_WEIGHTS = {
    "LOW_BACK_PAIN": 9,
    "KNEE_OA": 8,
    "ROTATOR_CUFF": 6,
    "CARPAL_TUNNEL": 6,
    "PLANTAR_FASCIITIS": 5,
    "NECK_PAIN": 5,
    "LATERAL_EPICONDYLITIS": 5,
    "ACHILLES": 4,
    "MERALGIA": 3,
    "OCCIPITAL_NEURALGIA": 3,
}
RELATIONS = ("partner", "daughter", "son", "sister", "friend")
SIDE_EFFECT_WORDS = {
    "BRUISE": "A bruise the size of a coin.",
    "FLARE": "More sore than usual for a day.",
    "VASOVAGAL": "Felt faint after the injections, lay down, was well after ten minutes.",
    "RASH_LOCAL": "A red itchy patch where the plaster was.",
    "INFECTION": "One point has become red, hot and swollen.",
}


def allergies_said(of: Collection[str]) -> str:
    """The allergies of a person as the safety questions tell them."""
    return ", ".join(allergy_words(substance, which) for _share, substance, which in ALLERGIES if substance in of)
