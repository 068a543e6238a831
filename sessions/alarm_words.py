"""Words that may tell of a danger sign of P0 (domain.md §8). Pure: text in, signs out.

They only ever make a report more urgent; whatever they miss is called about within two hours. They are our own lists
([DEF]) in the languages named, not a clinical instrument, and a word that was found is never noted as a finding.
"""

import re
import unicodedata
from functools import lru_cache

from sessions.choices import DangerSign

_CANNOT = "(?:cannot|cant|can not|can hardly|could not|couldnt|unable to|not able to)"
_LIMB = "(?:arms?|legs?|hands?|foot|feet|fingers?|toes?|face)"
_BELOW = "(?:bladder|bowels?|urine|pee)"
_ABOUT_FACE = "(?:face|lips?|tongue|throat|mouth)"

# Written without accents and apostrophes, as the text is read: English, German, French, Spanish, Arabic.
_PHRASES: dict[DangerSign, tuple[str, ...]] = {
    DangerSign.BREATHLESS: (
        rf"{_CANNOT} (?:\w+ )?breath\w*|(?:no|not enough) air|heart attack",
        rf"{_CANNOT} (?:get|catch) (?:my |any |enough )?(?:air|breath)|breathing (?:\w+ ){{0,2}}(?:hard|difficult)",
        r"(?:hard|struggl\w*|fighting|difficult|difficulty|trouble|problems?) (?:to |in |with |for )?(?:my )?breath\w*",
        r"breathless\w*|short(?:ness)? of breath|out of breath|gasping|suffocat\w*|choking",
        r"chest (?:\w+ ){0,2}(?:pains?|hurts|hurting|tight\w*|pressure)",
        r"(?:pain|pressure|tightness) (?:in|on|across) (?:my |the )?chest",
        r"atemnot|luftnot|(?:keine|kaum|schlecht|wenig) luft|nicht (?:\w+ )?atmen|brustschmerz\w*",
        r"schmerz\w* in der brust|herzinfarkt",
        r"(?:du mal|peine|difficulte\w*) a respirer|peux (?:pas|plus) respirer|essouffl\w*|etouffe\w*",
        r"(?:mal|douleurs?) (?:a|dans) la poitrine|crise cardiaque",
        r"no puedo respirar|(?:dificultad|me cuesta) (?:para )?respirar|falta (?:de|el) aire|me ahogo",
        r"dolor (?:de|en el) pecho",
        r"ضيق (?:في )?التنفس|لا استطيع التنفس|الم في الصدر",
    ),
    DangerSign.SWELLING: (
        rf"{_ABOUT_FACE} (?:\w+ ){{0,3}}(?:swoll\w*|swell\w*|closing)",
        rf"(?:swoll\w*|swell\w*) (?:\w+ ){{0,3}}{_ABOUT_FACE}",
        r"anaphyla\w*|allergic (?:shock|reaction)|hives|rash (?:\w+ ){0,2}over",
        r"(?:gesicht|zunge|lippen?|hals) (?:\w+ ){0,3}geschwollen|geschwollene\w* (?:gesicht|zunge|lippen?)",
        r"allergischer schock|nesselsucht",
        r"(?:visage|langue|levres?|gorge) (?:\w+ ){0,3}gonfle\w*|urticaire",
        r"(?:cara|lengua|labios?|garganta) (?:\w+ ){0,3}hinchad\w*|urticaria",
        r"تورم (?:\w+ )?(?:الوجه|اللسان)",
    ),
    DangerSign.COLLAPSE: (
        r"faint(?:ed|ing)?|(?:pass|black)(?:ed|ing)? out|collapsed?|unconscious|seizures?|convuls\w*",
        r"(?:had|having) a fit|i ?a?m dying|metal\w* taste|taste of metal",
        r"(?:mouth|lips?|tongue) (?:\w+ ){0,2}numb|numb (?:mouth|lips?|tongue)",
        r"ohnmacht\w*|ohnmachtig|bewusstlos\w*|kollabiert|krampfanfall|metallgeschmack",
        r"evanoui\w*|perdu connaissance|convulsions?|gout (?:de metal|metallique)",
        r"desmay\w*|perdi el conocimiento|convulsi\w*|sabor (?:a metal|metalico)",
        r"اغمي علي|فقدت الوعي",
    ),
    DangerSign.VISION: (
        rf"{_CANNOT} see|(?:gone|going|am|became) blind|blind (?:in|on)|lost (?:\w+ ){{0,2}}(?:sight|vision)",
        r"loss of (?:sight|vision)|(?:sight|vision) (?:\w+ )?gone",
        r"erblindet|blind geworden|sehe (?:\w+ )?nichts|nichts mehr sehen",
        r"(?:vois|voir) plus rien|devenue? aveugle|perdu la vue",
        r"no (?:puedo ver|veo)|quede cieg\w*|perdi la vista",
        r"لا ارى",
    ),
    DangerSign.WEAKNESS: (
        rf"paraly[sz]\w*|{_CANNOT} (?:move|feel) (?:\w+ ){{0,3}}{_LIMB}|stroke|foot drop|weak {_LIMB}",
        rf"{_LIMB} (?:\w+ ){{0,3}}(?:weak|limp|floppy|dead|drooping|droops)",
        rf"weak(?:ness)? (?:in|of) (?:\w+ ){{0,2}}{_LIMB}",
        r"gelahmt|lahmung\w*|schlaganfall",
        r"(?:bein|arm|hand|fuss) (?:\w+ ){0,3}(?:schwach|kraftlos|nicht (?:mehr )?bewegen)",
        r"(?:jambe|bras|main) (?:\w+ ){0,3}faible|(?:bouger|lever) (?:\w+ ){0,2}(?:jambe|bras)|avc",
        r"paraliz\w*|(?:pierna|brazo|mano) (?:\w+ ){0,3}debil|no puedo mover (?:\w+ ){0,2}(?:pierna|brazo|mano)",
        r"شلل|لا استطيع تحريك",
    ),
    DangerSign.BLADDER: (
        rf"(?:{_CANNOT}|lost|losing|loss of|no) (?:\w+ ){{0,2}}(?:control|hold|feel) (?:\w+ ){{0,4}}{_BELOW}",
        r"incontinen\w*|(?:wet|soiled) (?:myself|himself|herself)",
        rf"{_CANNOT} (?:pee|urinate|pass (?:urine|water))|numb(?:ness)? (?:between|in) (?:\w+ )?(?:legs|groin|saddle)",
        r"inkontinen\w*|urin nicht halten|taub zwischen den beinen",
        r"no puedo orinar",
    ),
    DangerSign.HEADACHE: (
        r"worst headache|headache (?:\w+ ){0,8}stiff neck|stiff neck (?:\w+ ){0,8}headache",
        r"schlimmste\w* kopfschmerz\w*|pire mal de tete|peor dolor de cabeza",
    ),
}
_DENIALS = "no not without never dont doesnt didnt havent hasnt isnt arent wasnt kein keine keinen ohne nie pas sans"
_NOT = frozenset([*_DENIALS.split(), "jamais", "sin", "nunca", "لا", "بدون"])
_NOT_REACHES = 2  # words before


def signs_in(text: str) -> list[DangerSign]:
    """Return the signs of P0 that the words may tell of, in the order of ``DangerSign``.

    A phrase that is denied right before (“no chest pain”) is passed over.

    >>> [sign.value for sign in signs_in("I can’t breathe, and my leg is paralysed!")]
    ['breathless', 'weakness']
    >>> signs_in("A bruise. No chest pain.")
    []
    """
    read = _read(text)
    return [sign for sign in DangerSign if sign in _PHRASES and _is_told(sign, read)]


def _is_told(sign: DangerSign, read: str) -> bool:
    return any(not _is_denied(read[: found.start()]) for found in _pattern(sign).finditer(read))


def _is_denied(before: str) -> bool:
    return not _NOT.isdisjoint(before.rsplit(".", 1)[-1].split()[-_NOT_REACHES:])


@lru_cache
def _pattern(sign: DangerSign) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_PHRASES[sign]) + r")(?!\w)")


def _read(text: str) -> str:
    """Lower case, without accents and apostrophes; each run of anything else is one space, each full stop a dot."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in "'’ʼ`´")
    return re.sub(r"[^\w.]+", " ", re.sub(r"[.!?;\n،]+", " . ", plain))
