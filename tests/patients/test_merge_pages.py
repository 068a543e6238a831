"""The pages of two records: compared, told apart, proposed, merged, taken back; the worklist that leads there."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import machine
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind
from patients.models import AlikePair, ContactPoint, PairVerdict, Patient, PatientMerge
from patients.records import ContactDetails, PatientDetails
from patients.services import alike_pairs, patients
from patients.tasks import sweep_alike_patients
from sessions.queries.worklists import counts
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import actor_of
from tests.patients.people import NOW, Inside, register, text


def form_of(one: Patient, other: Patient, **more: str) -> dict[str, str]:
    versions = {f"version_{patient.pk}": "1" for patient in (one, other)}
    return {"survivor": str(one.pk), "reason": "same person", **versions, **more}


def test_the_sweep_finds_who_may_be_one_person(
    clinic: Clinic, desk: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    register(clinic, "Anna", "Berger", date(1970, 5, 7))  # the same day and given name are not enough
    sweep_alike_patients()

    page = text(desk.get(reverse("patients:alike")))

    assert "Schmidt, Anna" in page
    assert "Day and month of birth swapped, similar name" in page
    assert "Berger" not in page
    with inside():
        assert counts(actor_of(MembershipFactory(clinic=clinic)), now=NOW).alike == 1


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_same_phone_makes_a_pair_unless_it_is_shared(clinic: Clinic, inside: Inside, is_shared: bool) -> None:
    contact = ContactDetails(kind=ContactKind.PHONE, value="+4930901820", is_shared=is_shared)
    ids = [
        register(clinic, name, "Ostrand", date(1950 + len(name), 1, 1), contacts=[contact]).pk
        for name in ("Al", "Berta")
    ]

    with inside():
        assert alike_pairs.compare(by=machine(clinic, "test"), patient_ids=ids) == (0 if is_shared else 1)


def test_a_changed_record_is_compared_again(clinic: Clinic, inside: Inside, pair: tuple[Patient, Patient]) -> None:
    sweep_alike_patients()
    by = machine(clinic, "test")
    with inside():
        assert alike_pairs.waiting(by) == []
        other = PatientDetails(given_names="Zoe", family_name="Quist", birth_date=date(1990, 1, 1), zone="UTC")
        patients.update(by=by, now=NOW, patient=pair[1], version=1, details=other)
        assert alike_pairs.waiting(by) == [pair[1].pk]
    sweep_alike_patients()
    with inside():
        assert counts(actor_of(MembershipFactory(clinic=clinic)), now=NOW).alike == 0


def test_a_shared_phone_says_something_only_with_a_shared_name_or_birth_date(clinic: Clinic, inside: Inside) -> None:
    by = machine(clinic, "test")
    phone = ContactDetails(ContactKind.PHONE, "+4930901821")
    people = [("Ida", "Lund", 1980), ("Olaf", "Berg", 1980), ("Ida", "Holm", 1991), ("Kaja", "Ness", 2004)]
    with inside():
        for given, family, year in people:
            details = PatientDetails(given, family, date(year, 4, 5), "Europe/Berlin")
            patients.register(by=by, now=NOW, details=details, contacts=[phone])
    sweep_alike_patients()

    with inside():
        pairs = AlikePair.objects.select_related("one", "other")
        found = {frozenset({pair.one.family_name, pair.other.family_name}) for pair in pairs}
    assert found == {frozenset({"Lund", "Berg"}), frozenset({"Lund", "Holm"})}


def test_told_apart_they_are_asked_about_no_more_until_it_is_undone(
    desk: Client, pair: tuple[Patient, Patient]
) -> None:
    sweep_alike_patients()
    one, other = pair

    answer = desk.post(reverse("patients:say-of-pair", args=[other.pk, one.pk]), {"verdict": "different"}, follow=True)

    assert "Remembered: not the same person." in text(answer)
    assert "No two records look like one person" in text(answer)
    answer = desk.post(reverse("patients:unsay-of-pair", args=[one.pk, other.pk]), follow=True)
    assert "Schmidt, Anna" in text(answer)


def test_the_desk_proposes_and_whoever_may_merges_sees_it_first(
    desk: Client, admin: Client, pair: tuple[Patient, Patient]
) -> None:
    sweep_alike_patients()
    one, other = pair

    desk.post(reverse("patients:say-of-pair", args=[one.pk, other.pk]), {"verdict": "same", "note": "said so"})

    page = text(admin.get(reverse("patients:alike")))
    assert "asks to merge them" in page
    assert "said so" in page


def test_the_desk_compares_but_does_not_merge(desk: Client, pair: tuple[Patient, Patient]) -> None:
    one, other = pair

    page = text(desk.get(reverse("patients:compare", args=[one.pk, other.pk])))

    assert "Propose to merge them" in page
    assert "Merge into one record" not in page
    assert "Side effects" not in page.split("<main")[1]
    answer = desk.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))
    assert answer.status_code == 403


def test_each_detail_that_differs_offers_the_value_of_either_record_under_its_name(
    admin: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair

    page = text(admin.get(reverse("patients:compare", args=[one.pk, other.pk])))

    for patient in pair:
        assert re.search(rf'name="keep_family_name"[^>]*value="{patient.pk}"', page)
        assert page.count(f'data-label="{patient.full_name}"') == page.count('data-label="Same?"')
    assert re.search(r'name="keep_family_name"[^>]*checked', page)


def test_two_records_are_merged_with_the_chosen_details_and_the_old_address_leads_to_the_survivor(
    admin: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    compared = text(admin.get(reverse("patients:compare", args=[one.pk, other.pk])))
    assert "differs" in compared
    assert f'name="keep_family_name" id="keep-family_name-2" value="{other.pk}"' in compared

    sent = form_of(one, other, keep_family_name=str(other.pk), keep_given_names=str(one.pk))
    answer = admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), sent, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("patients:detail", args=[one.pk])
    assert "The two records are one now." in text(answer)
    assert "Undo" in text(answer)
    with inside():
        one.refresh_from_db()
        assert one.full_name == "Anna Schmitt"
    led = admin.get(reverse("patients:detail", args=[other.pk]), follow=True)
    assert "Ana Schmitt was merged into this record." in text(led)


def test_a_merge_is_undone_right_after_or_taken_back_later_with_a_reason(
    admin: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    for act, sent in (("undo-merge", {}), ("reverse-merge", {"reason": "sisters"})):
        admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))
        with inside():
            made = PatientMerge.objects.standing().get()
        assert "Take the merge back" in text(admin.get(reverse("patients:merge", args=[made.pk])))

        answer = admin.post(reverse(f"patients:{act}", args=[made.pk]), sent, follow=True)

        assert "The records are two again." in text(answer)
    assert "sisters" in text(admin.get(reverse("patients:merge", args=[made.pk])))


def test_a_merge_that_was_taken_back_is_not_taken_back_again(
    admin: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))
    with inside():
        made = PatientMerge.objects.get()
    admin.post(reverse("patients:undo-merge", args=[made.pk]))

    answer = admin.post(reverse("patients:undo-merge", args=[made.pk]))

    assert answer.status_code == 409
    assert "cannot be taken back as it is" in text(answer)


def test_what_stands_in_the_way_is_told_before_and_after_trying(
    clinic: Clinic, admin: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    with inside():
        for patient in pair:
            AppointmentFactory(clinic=clinic, patient=patient, starts_at=NOW)

    page = admin.get(reverse("patients:compare", args=[one.pk, other.pk]))
    answer = admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))

    assert "Both have visits at the same time: 2 Mar 2026 10:00" in text(page)
    assert answer.status_code == 409
    assert "Both have visits at the same time: 2 Mar 2026 10:00" in text(answer)


def test_a_merge_without_a_reason_is_asked_for_one(admin: Client, pair: tuple[Patient, Patient]) -> None:
    one, other = pair

    sent = form_of(one, other) | {"reason": ""}
    answer = admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), sent)

    assert answer.status_code == 422
    assert "Enter a reason." in text(answer)


def test_what_is_written_to_a_merged_record_is_refused_in_words(
    admin: Client, desk: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))

    answer = desk.post(reverse("patients:add-contact", args=[other.pk]), {"value": "030 901820"})

    assert answer.status_code == 409
    assert "This record was merged into another" in text(answer)
    assert reverse("patients:detail", args=[one.pk]) in text(answer)
    with inside():
        assert not ContactPoint.objects.exists()


def test_any_two_records_are_chosen_for_comparison(desk: Client, pair: tuple[Patient, Patient]) -> None:
    one, other = pair
    url = reverse("patients:compare-with", args=[one.pk])

    assert desk.post(url, {"patient": str(other.pk)}).url == reverse("patients:compare", args=[one.pk, other.pk])
    assert "Choose another record than this one." in text(desk.post(url, {"patient": str(one.pk)}))
    assert "Choose a patient." in text(desk.post(url))


def test_registering_under_the_name_of_a_merged_record_offers_the_survivor(
    admin: Client, desk: Client, clinic: Clinic
) -> None:
    one, other = register(clinic, "Anna", "Schmidt"), register(clinic, "Anna", "Quist")
    admin.post(reverse("patients:merge-into-one", args=[one.pk, other.pk]), form_of(one, other))

    sent = {
        "family_name": "Quist", "given_names": "Anna", "birth_date": "7.5.1970", "sex": "female",
        "language": "de", "zone": "Europe/Berlin",
    }  # fmt: skip
    answer = desk.post(reverse("patients:register"), sent)

    assert answer.status_code == 409
    assert reverse("patients:detail", args=[one.pk]) in text(answer)


def test_a_pair_is_kept_once_whichever_way_it_is_named(
    desk: Client, pair: tuple[Patient, Patient], inside: Inside
) -> None:
    one, other = pair
    for first, second in ((one, other), (other, one)):
        desk.post(reverse("patients:say-of-pair", args=[first.pk, second.pk]), {"verdict": "different"})

    with inside():
        assert PairVerdict.objects.count() == 1


def test_a_patient_of_another_clinic_is_not_here(
    desk: Client, other_clinic: Clinic, pair: tuple[Patient, Patient]
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)

    assert desk.get(reverse("patients:compare", args=[pair[0].pk, foreign.pk])).status_code == 404
