"""A stop rule hangs on what an allergy of a file is to: it is known by its words and by its codes."""

import pytest

from common.tenancy import tenant
from patients.models import Allergy
from tests.patients.fhir import VERIFICATION, allergy, bundle, patient
from tests.patients.importer import Importer, Kind, State

SNOMED, ATC, RXNORM = "http://snomed.info/sct", "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


def brought(importer, *allergies):
    job = importer.whole(bundle(patient(), *allergies), Kind.FHIR)
    assert job.state == State.DONE, job.errors
    with tenant(importer.clinic.pk, actor="test"):
        return sorted(Allergy.objects.values_list("substance", "substance_text")), job.counts["ignored"]


LOCAL = """Local anaesthetics|Local anesthetic|Local anesthetics (substance)|Anaesthetics, local|Caine|-caine drugs
Articaine|Prilocaine|Xylocaine 1 %|Marcaine|Tetracaine|EMLA|EMLA cream|Lidocain|Lidocainhydrochlorid|Lidocaína
Lidocaïne|Lidokain|Novocaine|Scandicain|Ropivacaine|Chloroprocaine|Benzocaine lozenges|Lokalanästhetika
Lokalanaesthetikum|örtliche Betäubung|Anesthésiques locaux|anesthésique local|anestésico local|Local anæsthetic
Topical anesthetic|Dental anaesthetic|Anaesthetics|Allergy to lidocaine|Lidocaine not ruled out
Lidocaine ruled out?|No known drug allergies except lidocaine|No allergy to penicillin, lidocaine: rash
Latex ruled out, lidocaine confirmed|Lidocaine never excluded""".replace("\n", "|").split("|")


@pytest.mark.parametrize("words", LOCAL)
def test_words_for_a_local_anaesthetic_become_that_allergy(importer, words):
    found, _ignored = brought(importer, allergy(words))
    assert "local_anaesthetic" in {substance for substance, _text in found}


@pytest.mark.parametrize(
    ("words", "substance"),
    [
        ("Maize starch", "corn"),
        ("Maisstärke", "corn"),
        ("Cornstarch", "corn"),
        ("Glukose", "dextrose"),
        ("D-Glucose", "dextrose"),
        ("Traubenzucker", "dextrose"),
        ("Chlorhexidin", "chlorhexidine"),
        ("Clorhexidina", "chlorhexidine"),
        ("Látex", "latex"),
        ("Naturlatex", "latex"),
        ("Natural rubber", "latex"),
        ("Pflaster", "adhesive"),
        ("Heftpflaster", "adhesive"),
        ("Sticking plasters", "adhesive"),
        ("Band-Aid", "adhesive"),
        ("Sparadrap", "adhesive"),
        ("Esparadrapo", "adhesive"),
        ("Pansement adhésif", "adhesive"),
    ],
)
def test_words_of_other_lands_name_their_substance(importer, words, substance):
    found, _ignored = brought(importer, allergy(words))
    assert [one for one, _text in found] == [substance]


@pytest.mark.parametrize(
    "words", ["Cocaine", "Kokain", "Procainamide", "Flecainide", "Glucosamine", "Peppercorn", "General anaesthetic"]
)
def test_words_that_only_look_alike_stay_something_else(importer, words):
    assert brought(importer, allergy(words))[0] == [("other", words)]


@pytest.mark.parametrize(
    ("coding", "substance"),
    [
        ((SNOMED, "387480006"), "local_anaesthetic"),
        ((SNOMED, "387150008"), "local_anaesthetic"),
        ((SNOMED, "346553009"), "local_anaesthetic"),
        ((ATC, "N01BB08"), "local_anaesthetic"),
        ((ATC, "N01B"), "local_anaesthetic"),
        ((RXNORM, "6387"), "local_anaesthetic"),
        ((SNOMED, "373568007"), "chlorhexidine"),
        ((ATC, "D08AC02"), "chlorhexidine"),
        ((SNOMED, "111088007"), "latex"),
    ],
)
def test_a_code_names_its_substance_without_words(importer, coding, substance):
    assert [one for one, _text in brought(importer, allergy("", coding))[0]] == [substance]


def test_a_code_names_its_substance_beside_words_nobody_here_reads(importer):
    assert brought(importer, allergy("リドカイン", (SNOMED, "387480006")))[0] == [("local_anaesthetic", "リドカイン")]


def test_which_local_anaesthetic_it_is_stays_with_it(importer):
    assert brought(importer, allergy("Articaine"))[0] == [("local_anaesthetic", "Articaine")]


def test_two_substances_of_one_entry_are_two_allergies(importer):
    found, _ignored = brought(importer, allergy("Lidocaine with chlorhexidine gel"))
    assert [one for one, _text in found] == ["chlorhexidine", "local_anaesthetic"]


def test_a_substance_named_by_the_reaction_alone_is_read(importer):
    said = allergy(
        "Drug allergy", reaction=[{"substance": {"text": "Mepivacaine"}, "manifestation": [{"text": "Hives"}]}]
    )
    assert brought(importer, said)[0] == [("local_anaesthetic", "Drug allergy")]


NONE_KNOWN = "no known allergy"
RULED_OUT = "allergy that its words rule out"


@pytest.mark.parametrize(
    "said",
    [
        allergy("No known allergy"),
        allergy("No known allergies."),
        allergy("No Known Drug Allergies"),
        allergy("NKDA"),
        allergy("Keine Allergien bekannt"),
        allergy("Aucune allergie connue"),
        allergy("Sin alergias conocidas"),
        allergy("", (SNOMED, "716186003")),
        allergy("", (SNOMED, "409137002", "No known drug allergy (situation)")),
        allergy("Tidak ada alergi", (SNOMED, "716186003", "No known allergy")),
    ],
)
def test_no_known_allergy_is_never_an_allergy_and_is_told(importer, said):
    assert brought(importer, said) == ([], {NONE_KNOWN: 1})


def test_a_real_allergy_beside_no_known_allergy_wins(importer):
    assert brought(importer, allergy("No known allergies"), allergy("Latex"))[0] == [("latex", "")]
    assert ("local_anaesthetic", "Lidocaine") in brought(
        importer, allergy("Lidocaine", (SNOMED, "716186003", "No known allergy"))
    )[0]
    assert ("other", "Penicillin") in brought(importer, allergy("Penicillin", (SNOMED, "716186003")))[0]


@pytest.mark.parametrize(
    "words",
    [
        "Lidocaine ruled out",
        "No allergy to lidocaine",
        "Allergy to lidocaine ruled out",
        "Not allergic to latex",
        "No known latex allergy",
    ],
)
def test_what_the_words_take_back_is_no_allergy_and_is_told(importer, words):
    found, ignored = brought(importer, allergy(words))
    assert found == []
    assert sum(ignored.values()) == 1


def test_a_refuted_allergy_is_none_and_is_told(importer):
    refuted = {"coding": [{"system": VERIFICATION, "code": "refuted"}]}
    said = allergy("Lidocaine", verificationStatus=refuted)
    assert brought(importer, said) == ([], {"AllergyIntolerance not in use": 1})
