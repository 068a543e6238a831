"""The catalogue's tables: global reference rows that no clinic owns."""

from catalogue.models.adverse_event_types import AdverseEventType, DangerSign
from catalogue.models.body_regions import BodyRegion
from catalogue.models.care_messages import CareMessage
from catalogue.models.conditions import Condition, ConditionCode
from catalogue.models.instruments import Instrument, InstrumentItem, InstrumentScale, InstrumentThreshold
from catalogue.models.local_anaesthetic_maximums import LocalAnaestheticMaximum
from catalogue.models.nerve_figures import NerveAnchor, NerveFigure
from catalogue.models.nerves import Nerve
from catalogue.models.point_types import PointType
from catalogue.models.screening_items import ScreeningItem
from catalogue.models.search_terms import SearchTerm
from catalogue.models.solutions import Solution, SolutionAnaesthetic
from catalogue.models.sources import Source
from catalogue.models.studies import Study, StudyResult
from catalogue.models.techniques import Technique
from catalogue.models.versions import CatalogueVersion

__all__ = [
    "AdverseEventType",
    "BodyRegion",
    "CareMessage",
    "CatalogueVersion",
    "Condition",
    "ConditionCode",
    "DangerSign",
    "Instrument",
    "InstrumentItem",
    "InstrumentScale",
    "InstrumentThreshold",
    "LocalAnaestheticMaximum",
    "Nerve",
    "NerveAnchor",
    "NerveFigure",
    "PointType",
    "ScreeningItem",
    "SearchTerm",
    "Solution",
    "SolutionAnaesthetic",
    "Source",
    "Study",
    "StudyResult",
    "Technique",
]
