"""What an allergy of a FHIR file is to: by its codes and by its words, in the spellings that clinics use.

A stop rule hangs on the local anaesthetic: in doubt a text names one. Few codes are recognised, none is shipped as a
terminology (docs/adr/0036).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from common.lines import cleaned
from patients.choices import Substance
from patients.folding import fold

SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_CODES: dict[tuple[str, str], Substance] = {
    (SNOMED, "387480006"): Substance.LOCAL_ANAESTHETIC,  # lidocaine
    (SNOMED, "387150008"): Substance.LOCAL_ANAESTHETIC,  # bupivacaine
    (SNOMED, "346553009"): Substance.LOCAL_ANAESTHETIC,  # lidocaine with prilocaine
    (RXNORM, "6387"): Substance.LOCAL_ANAESTHETIC,  # lidocaine
    (SNOMED, "373568007"): Substance.CHLORHEXIDINE,
    (SNOMED, "111088007"): Substance.LATEX,
}
_ATC_CLASSES = (("N01B", Substance.LOCAL_ANAESTHETIC), ("D08AC02", Substance.CHLORHEXIDINE))
# No known allergy; also of drugs, of the surroundings, of food.
_NONE_KNOWN = frozenset({"716186003", "409137002", "428607008", "429625007"})
_LOCAL = (
    r"(?!cocain|cokain|kokain)\w+[ck]ain(e|es|s|a|as|um|\w*hydrochlorid\w*)?|caines?|emla|ametop|naropin|ubistesin|"
    r"septanest|scandonest|citanest|pramoxine|dyclonine|"
    r"(local|locale|lokal\w*|topical|dental) (\w+ )?ana?e?sth?e[st]\w*|"
    r"ana?e?sth?e[st]\w* (\w+ )?(local\w*|locaux|topi\w+)|"
    r"lokalana?e?sthe\w*|lokalbetaub\w*|ortliche\w* betaub\w*|^(allergy to )?ana?e?sthetics?$"
)
_WORDS: tuple[tuple[Substance, re.Pattern[str]], ...] = tuple(
    (substance, re.compile(rf"\b(?:{words})(?!\w)"))
    for substance, words in (
        (
            Substance.CORN,
            r"corn|corn ?starch|corn ?flour|popcorn|maize|zea mays|maiz|maisst\w+|maispollen|"
            r"(?:au|du|de|gegen|auf) mais|^mais$",
        ),
        (Substance.DEXTROSE, r"d?dextros[ea]|gl[uy][ck]os[ea]|glucosio|traubenzucker|d5w"),
        (Substance.LOCAL_ANAESTHETIC, _LOCAL),
        (Substance.CHLORHEXIDINE, r"c?h?lorh?o?hexidin\w*|hibiscrub|hibitane"),
        (Substance.LATEX, r"\w*latex\w*|natural rubber|kautschuk|naturkautschuk|caoutchouc"),
        (
            Substance.ADHESIVE,
            r"adhesi[vf]\w*|plasters?(?! of paris)|tapes?|band ?aids?|elastoplast|micropore|\w*pflaster\w*|klebst\w+|"
            r"kleber|sparadraps?|pansements?|esparadrapos?|tiritas?",
        ),
    )
)
# A text is believed to take something back only as a whole: one more word, and it stays an allergy.
_ALLERGIES = r"(?:allerg(?:y|ies|ens?)|intolerances?|adverse reactions?)"
_KINDS = r"(?:(?:drug|medication|medicine|medical|food|environmental|substance|latex) )?"
_NONE_WORDS = re.compile(
    rf"(?:patient )?(?:has )?(?:no|nil|denies)(?: other)?(?: any)?(?: known)?(?: history of)? {_KINDS}{_ALLERGIES}"
    r"(?: known| recorded)?|nka|nkda|none known|no known allergic reactions?|"
    r"keine(?: bekannten?)? (?:arzneimittel|medikamenten)?allergien?(?: bekannt)?|"
    r"aucune allergie(?: medicamenteuse)?(?: connue)?|pas dallergies?(?: connues?)?|"
    r"(?:sin|ninguna|no) alergias?(?: medicamentosas?)?(?: conocidas?)?"
)
_NAME = r"(?:(?!allerg|alerg|not\b|no\b|never\b|yet\b|cannot\b|nicht\b|but\b|except\b|aber\b|mais\b|pero\b|pas\b)\w+)"
_RULED_OUT = re.compile(
    rf"no(?: known)? allergy to {_NAME}(?: {_NAME}){{0,2}}|not allergic to {_NAME}(?: {_NAME}){{0,2}}|"
    rf"no(?: known)? {_NAME} allergy|"
    rf"(?:allergy to )?{_NAME}(?: {_NAME}){{0,2}}(?: allergy)? (?:was |has been )?(?:ruled out|refuted|excluded)|"
    rf"keine allergie (?:gegen|auf) {_NAME}|{_NAME}(?:allergie| allergie)? ausgeschlossen|"
    rf"pas dallergie (?:a|au|aux) (?:la )?{_NAME}|sin alergia a(?: la|l)? {_NAME}|{_NAME} descartada"
)
_SEMANTIC_TAG = re.compile(r"\s*\((?:situation|finding|disorder|substance|product)\)\s*$")
_MORE_THAN_ONE_PHRASE = re.compile(r"[,;:?!/+&\n]|\.\s|\s[-–—]\s|[()]")


def concept_words(concept: dict[str, Any] | None) -> str:
    """As it was written, or else as its first code is displayed."""
    return next(iter(said([concept])), "")


def named(concepts: Iterable[dict[str, Any] | None]) -> tuple[Substance, ...]:
    """Every substance of ours that codes or words name."""
    concepts = list(concepts)
    found = [one for coding in _codings(concepts) if (one := _of_code(coding))]
    for words in said(concepts):
        folded = fold(words)
        found += [substance for substance, pattern in _WORDS if pattern.search(folded)]
    return tuple(dict.fromkeys(found))


def says_none_known(concept: dict[str, Any] | None) -> bool:
    """ "No known allergy": nobody is allergic to that. Where the same concept names something, it is an allergy."""
    words = list(said([concept]))
    are_none = [_is_whole(one, _NONE_WORDS) for one in words]
    codes = [coding.get("code") in _NONE_KNOWN for coding in _codings([concept]) if coding.get("system") == SNOMED]
    if not any(codes):
        return bool(words) and all(are_none)
    return all(codes) and (not words or any(are_none)) and not _names_despite(words)


def _names_despite(written: Iterable[str]) -> bool:
    return any(named([{"text": words}]) for words in written if not _is_whole(words, _NONE_WORDS))


def says_ruled_out(concept: dict[str, Any] | None) -> bool:
    """What a person wrote takes the allergy back, as a whole: "lidocaine ruled out"."""
    words = concept_words(concept)
    return bool(words) and _is_whole(words, _RULED_OUT)


def _is_whole(words: str, pattern: re.Pattern[str]) -> bool:
    plain = _SEMANTIC_TAG.sub("", words).strip().removesuffix(".")
    return not _MORE_THAN_ONE_PHRASE.search(plain) and bool(pattern.fullmatch(fold(plain)))


def _of_code(coding: dict[str, Any]) -> Substance | None:
    system, code = coding.get("system") or "", (coding.get("code") or "").strip()
    if system == ATC:
        return next((one for start, one in _ATC_CLASSES if code.upper().startswith(start)), None)
    return _CODES.get((system, code))


def _codings(concepts: Iterable[dict[str, Any] | None]) -> Iterator[dict[str, Any]]:
    for concept in concepts:
        yield from (concept or {}).get("coding") or []


def said(concepts: Iterable[dict[str, Any] | None]) -> Iterator[str]:
    """Everything the concepts are called: as written, then as each code is displayed."""
    for concept in concepts:
        written = [(concept or {}).get("text"), *(coding.get("display") for coding in _codings([concept]))]
        yield from filter(None, (cleaned(words or "").strip() for words in written))
