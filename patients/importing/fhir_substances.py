"""What a FHIR file says somebody is allergic to, or takes, in the register's own words: by name and by code.

Names come first: a file has them in every language and with every brand. The few codes are those of the substances that
a stop rule asks about. ATC is WHO's classification (N01B local anaesthetics, D08AC02 chlorhexidine, B01A the groups of
anticoagulants); the RxNorm and SNOMED CT codes are read in files of others and never shown or given away
(docs/adr/0036-codes-of-others-are-read-and-not-given.md).
"""

import re
from typing import Any

from patients.choices import Substance
from patients.folding import fold

ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"

_ANAESTHETIC = (
    r"\b(?!co[ck]a|ko[ck]a)\w*(?:caine?s?|cainas?|cainum|kaine?|kaina)\b"
    r"|\bloca(?:l|ls|ux|le|is)? an(?:a?e)?sth?etics?\b|\ban(?:a?e)?sthesi(?:que|ques) loca(?:l|ux)\b"
    r"|\banestesicos? local(?:es)?\b|\banestetic[oi] local[ei]\b|\banestesicos? loca(?:l|is)\b"
    r"|\blokalana?e?sthetik\w*\b|\blocal ana?esthesia\b|\blokale verdoving\b|\bamide (?:type )?ana?esthetics?\b"
    r"|\bemla\b|\bnaropin\b|\bseptanest\b|\bcitanest\b"
)
# The first that is found names the substance.
_NAMES: tuple[tuple[Substance, re.Pattern[str]], ...] = tuple(
    (substance, re.compile(words))
    for substance, words in (
        (Substance.LOCAL_ANAESTHETIC, _ANAESTHETIC),
        (Substance.CORN, r"\b(?:corn|cornstarch|maize|mais|maiz|milho|maizena)\b"),
        (Substance.DEXTROSE, r"\b(?:dextrose|glucose|glukose|dextrosa|glucosa|glucosio|destrosio)\b"),
        (Substance.CHLORHEXIDINE, r"\bc?h?lorhexidin\w*\b|\bclorexidin\w*\b|\bclorhexidin\w*\b"),
        (Substance.LATEX, r"\b(?:latex|natural rubber|naturkautschuk)\b"),
        (
            Substance.ADHESIVE,
            r"\b(?:adhesives?|plasters?|sticking plasters?|tape|band aid|pflaster|heftpflaster|sparadrap|"
            r"esparadrapo|cerotto|pleister)\b",
        ),
    )
)
_SUBSTANCE_CODES: tuple[tuple[str, re.Pattern[str], Substance], ...] = (
    (ATC, re.compile(r"N01B.*"), Substance.LOCAL_ANAESTHETIC),
    (ATC, re.compile(r"D08AC02"), Substance.CHLORHEXIDINE),
    (RXNORM, re.compile(r"6387"), Substance.LOCAL_ANAESTHETIC),
    (SNOMED, re.compile(r"387480006|387150008|346553009"), Substance.LOCAL_ANAESTHETIC),
    (SNOMED, re.compile(r"373568007"), Substance.CHLORHEXIDINE),
)
_NONE_KNOWN = re.compile(
    r"\b(?:no|nil|without|keine|aucune|sin|nessuna|geen)\b.{0,24}\b(?:allerg\w*|alerg\w*)\b|\bnkd?a\b"
    r"|\ballerg\w* (?:not known|unknown|none)\b|\bnot allergic\b"
)
_NONE_KNOWN_CODES = re.compile(r"716186003|409137002|428607008|429625007|no-known-.*")
_RULED_OUT = re.compile(
    r"\b(?:ruled out|excluded|refuted|disproved|no (?:known )?(?:allergy|intolerance|reaction) to|not allergic to"
    r"|tolerat(?:es|ed)|ausgeschlossen|exclue?|descartad[ao]|esclusa)\b"
)
_ANTICOAGULANT = re.compile(
    r"\b(?:warfarin\w*|coumadin|marevan|jantoven|phenprocoumon|marcumar|falithrom|acenocoumarol|sintrom|fluindione"
    r"|apixaban|eliquis|rivaroxaban|xarelto|dabigatran|pradaxa|edoxaban|lixiana|savaysa|heparins?|\w*parin"
    r"|clexane|lovenox|fragmin|fondaparinux|arixtra|anticoagulants?|antikoagulan\w*|blutverdunner)\b"
)
_ANTICOAGULANT_CODES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (ATC, re.compile(r"B01A(?:A|B|E07|F|X05).*")),
    (RXNORM, re.compile(r"11289|1364430|1114195|67108|5224")),
)


def codings_of(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of each coding that has one."""
    said = concept.get("coding") if isinstance(concept, dict) else None
    return [
        (str(one.get("system") or ""), str(one.get("code") or "").strip())
        for one in said or []
        if isinstance(one, dict) and one.get("code")
    ]


def all_words_of(concept: Any) -> str:
    """Every name a concept has, folded and parted so that no word runs into the next."""
    if not isinstance(concept, dict):
        return ""
    displays = [one.get("display") for one in concept.get("coding") or [] if isinstance(one, dict)]
    return " | ".join(fold(str(one)) for one in [concept.get("text"), *displays] if one)


def substance_of(concept: Any) -> Substance:
    """What it is, ``OTHER`` where no rule asks about it."""
    codings = codings_of(concept)
    for system, pattern, substance in _SUBSTANCE_CODES:
        if any(system == one and pattern.fullmatch(code) for one, code in codings):
            return substance
    words = all_words_of(concept)
    return next((substance for substance, pattern in _NAMES if pattern.search(words)), Substance.OTHER)


def says_none_known(concept: Any) -> bool:
    """“No known allergy”: that somebody asked, and no allergy."""
    if any(_NONE_KNOWN_CODES.fullmatch(code) for _system, code in codings_of(concept)):
        return True
    words = all_words_of(concept)
    return bool(_NONE_KNOWN.search(words)) and not _RULED_OUT.search(words)


def is_ruled_out(concept: Any) -> bool:
    """“Lidocaine ruled out” names what the patient tolerates."""
    return bool(_RULED_OUT.search(all_words_of(concept)))


def is_anticoagulant(concept: Any) -> bool:
    codings = codings_of(concept)
    if any(
        system == one and pattern.fullmatch(code) for system, pattern in _ANTICOAGULANT_CODES for one, code in codings
    ):
        return True
    return bool(_ANTICOAGULANT.search(all_words_of(concept)))
