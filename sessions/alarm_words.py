"""Words that may tell of a danger sign of P0 (domain.md §8). Pure: text in, signs out.

They only ever make a report more urgent; whatever they miss is called about within two hours. They are our own lists
([DEF]), not a clinical instrument, and a word that was found is never noted as a finding. ``alarm_phrases/`` holds the
plain sentences of each language; here stand the many ways to say it in the five that were first.
"""

import re
from functools import lru_cache

from sessions import alarm_phrases
from sessions.alarm_phrases import AFTER, BEFORE, Phrases, fold
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
        rf"{_LIMB} (?:\w+ ){{0,2}}(?:dropping|giv(?:es|ing) way)",
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
# “n’arrive” is two words in French; “can’t” is one in English.
_ELIDED = re.compile(r"(?<!\w)([cdjlmnst]|qu)['’ʼ](?=\w)", re.IGNORECASE)
_DENIALS = (
    "no not without never dont doesnt didnt havent hasnt isnt arent wasnt nor kein keine keinen ohne nie pas sans"
)
_NOT = (*_DENIALS.split(), "jamais", "sin", "nunca", "لا", "بدون")


# “I cannot see any improvement” is said of the treatment.
_IMPROVED = (
    "improv better differen change progress besser verbesser unterschied ameliorat mejor diferenc "
    "cambio miglior melhor imbunat verbeter verschil popraw zmian roznic zleps rozdil napred улучш "
    "разниц изменен покращ різниц подобр разлик fark iyiles gelisme javul βελτιωσ διαφορα "
)
_IMPROVING = re.compile(
    rf"(?: \w+){{0,2}}? (?:{'|'.join(_IMPROVED.split())})|[^.,]{{0,3}}(?:效果|改善|好转|好轉|变化|變化|进步|進步|起色)"
)


def signs_in(text: str) -> list[DangerSign]:
    """Return the signs of P0 that the words may tell of, in the order of ``DangerSign``.

    A phrase that is denied right before or after (“no chest pain”) is passed over; a comma ends what a denial reaches.

    >>> [sign.value for sign in signs_in("I can’t breathe, and my leg is paralysed!")]
    ['breathless', 'weakness']
    >>> [sign.value for sign in signs_in("Nie mogę oddychać")]
    ['breathless']
    >>> signs_in("A bruise. No chest pain.")
    []
    >>> [sign.value for sign in signs_in("No, chest pain!")]
    ['breathless']
    """
    read = {fold(text), fold(_ELIDED.sub(r"\1 ", text))}
    return [
        sign for sign in DangerSign if any(_is_told(phrases, sign, one) for phrases in _all_phrases() for one in read)
    ]


def is_readable(text: str, language: str) -> bool:
    """Whether the lists know the language (its code) and the script of every letter.

    >>> is_readable("Es geht mir gut", "de"), is_readable("ደህና ነኝ", "en"), is_readable("Mayos ang pakiramdam", "tl")
    (True, False, False)
    """
    return (
        language.split("-")[0] in alarm_phrases.LANGUAGES and alarm_phrases.scripts_of(text) <= alarm_phrases.scripts()
    )


def is_all_clear(text: str) -> bool:
    """Whether every clause denies a harm or says that all is well, by our own list; anything else is not.

    >>> is_all_clear("No chest pain, all is fine, thank you"), is_all_clear("No chest pain, but odd"), is_all_clear("")
    (True, False, False)
    """
    read = fold(text)
    clauses = [clause for clause in re.split(r"[.,]", read) if clause.strip()]
    return bool(clauses) and not signs_in(text) and all(alarm_phrases.is_calm(clause.strip()) for clause in clauses)


def _is_told(phrases: Phrases, sign: DangerSign, read: str) -> bool:
    pattern = phrases.signs.get(sign.value)
    if pattern is None:
        return False
    text = read.replace(" ", "") if phrases.is_unspaced else read
    if sign in phrases.never_denied:
        return pattern.search(text) is not None
    return any(
        not _is_denied(phrases, text[: found.start()], text[found.end() :])
        and not (sign == DangerSign.VISION and _IMPROVING.match(text[found.end() :]))
        for found in pattern.finditer(text)
    )


def _is_denied(phrases: Phrases, before: str, after: str) -> bool:
    return bool(phrases.denied_before.search(before[-BEFORE:]) or phrases.denied_after.match(after[:AFTER]))


@lru_cache
def _all_phrases() -> list[Phrases]:
    return [
        alarm_phrases.of_patterns({sign.value: many for sign, many in _PHRASES.items()}, _NOT),
        *alarm_phrases.load(),
    ]
