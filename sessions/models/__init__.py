from sessions.models.co_signatures import CoSignature, CoSignatureReturn
from sessions.models.consent_wordings import ConsentWording
from sessions.models.course_reviews import CourseReview
from sessions.models.courses import Course, CourseGoal
from sessions.models.follow_ups import FollowUp
from sessions.models.injected_points import ContainerUse, InjectionPoint
from sessions.models.injection_sessions import Addendum, Consent, InjectionSession
from sessions.models.lot_changes import LotChange
from sessions.models.lot_recalls import LotRecall, RecallContact
from sessions.models.measures import Measure
from sessions.models.pain_scores import PainScore, ReliefReport
from sessions.models.papers import Paper
from sessions.models.pictures import Picture, PictureConsent, PictureContent
from sessions.models.preparations import Container, Preparation, PreparationPart
from sessions.models.recipes import Recipe, RecipePart
from sessions.models.rule_sets import RuleProposal, RuleSet
from sessions.models.safety_gate import RuleOverride, ScreeningAnswer, TimeOut
from sessions.models.side_effects import SideEffect
from sessions.models.signature_checks import SignatureCheck, SignatureProblem
from sessions.models.signed_documents import SignedDocument
from sessions.models.solution_lots import Product, SolutionLot, StockRules
from sessions.models.stock_movements import StockMovement
from sessions.models.unsaved_typings import UnsavedTyping
from sessions.models.visit_recalls import RecallCall, VisitRecall

__all__ = [
    "Addendum",
    "CoSignature",
    "CoSignatureReturn",
    "Consent",
    "ConsentWording",
    "Container",
    "ContainerUse",
    "Course",
    "CourseGoal",
    "CourseReview",
    "FollowUp",
    "InjectionPoint",
    "InjectionSession",
    "LotChange",
    "LotRecall",
    "Measure",
    "PainScore",
    "Paper",
    "Picture",
    "PictureConsent",
    "PictureContent",
    "Preparation",
    "PreparationPart",
    "Product",
    "RecallCall",
    "RecallContact",
    "Recipe",
    "RecipePart",
    "ReliefReport",
    "RuleOverride",
    "RuleProposal",
    "RuleSet",
    "ScreeningAnswer",
    "SideEffect",
    "SignatureCheck",
    "SignatureProblem",
    "SignedDocument",
    "SolutionLot",
    "StockMovement",
    "StockRules",
    "TimeOut",
    "UnsavedTyping",
    "VisitRecall",
]
