"""Signing in: a password, then a second factor; guessing is slowed down; an unattended page signs itself out."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, User
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory, UserFactory

PASSWORD = "correct horse battery staple"


@pytest.fixture
def member(clinic: Clinic) -> User:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, user=user, role=Role.CLINIC_ADMIN)
    return user


def _enter(client: Client, user: User, password: str = PASSWORD, **headers: str) -> int:
    response = client.post(reverse("account_login"), {"login": user.email, "password": password}, headers=headers)
    return response.status_code


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, totp.yield_hotp_counters_from_time().__next__()))


def test_a_password_alone_leads_only_to_the_page_that_sets_up_a_second_factor(member: User) -> None:
    client = Client()
    _enter(client, member)

    assert client.get(reverse("accounts:settings")).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_every_page_and_refusal_at_the_door_spells_e_mail_as_the_clinic_does(member: User) -> None:
    login, lost = reverse("account_login"), reverse("account_reset_password")
    typed = (
        {},
        {"login": member.email, "password": "wrong"},
        {"login": "nobody", "password": "x"},
        {"email": "nobody"},
    )
    pages = [Client().get(url) for url in (login, lost)] + [
        Client().post(url, one) for url in (login, lost) for one in typed
    ]
    for page in pages:
        text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page.content.decode(), flags=re.DOTALL)
        placeholders = re.findall(r'placeholder="([^"]*)"', page.content.decode())
        assert not re.search(r"\bemail\b", f"{text} {placeholders}", re.IGNORECASE), text
        assert "mail" in text


def test_a_second_factor_is_asked_for_and_lets_in(member: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    client = Client()
    with time_machine.travel(datetime.now(UTC), tick=False):  # a code lasts half a minute
        _enter(client, member)
        assert client.get(reverse("accounts:settings")).status_code == 302

        client.post(reverse("mfa_authenticate"), {"code": _code(secret)})

        assert client.get(reverse("accounts:settings")).status_code == 200


def test_the_secret_of_a_second_factor_is_not_stored_in_the_clear(member: User) -> None:
    secret = totp.generate_totp_secret()
    authenticator = totp.TOTP.activate(member, secret).instance

    authenticator.refresh_from_db()

    assert secret not in str(authenticator.data)


def test_five_wrong_passwords_close_the_account_for_a_while_whatever_address_they_claim_to_come_from(
    member: User,
) -> None:
    for attempt in range(5):
        _enter(Client(), member, "wrong password indeed", **{"X-Forwarded-For": f"203.0.113.{attempt}"})

    client = Client()
    _enter(client, member, **{"X-Forwarded-For": "203.0.113.77"})

    assert client.get(reverse("accounts:settings")).headers["Location"].startswith(reverse("account_login"))


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(member: User) -> None:
    def told(login: str) -> str:
        answer = Client().post(reverse("account_login"), {"login": login, "password": "wrong password indeed"})
        return "".join(answer.context["form"].non_field_errors())

    assert told(member.email) == told("nobody@example.org") != ""


def test_nobody_can_sign_up(db: None) -> None:
    before = User.objects.count()
    Client().post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.count() == before


def test_fifteen_idle_minutes_sign_out_even_while_the_page_polls(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    page = reverse("accounts:settings")
    start = time.time()
    with time_machine.travel(start, tick=False) as clock:
        assert client.get(page).status_code == 200
        for _minute in range(15):
            clock.shift(60)
            client.get(page, headers={"X-Poll": "1"})
        clock.shift(61)

        assert client.get(page).headers["Location"] == f"{reverse('account_login')}?next={page}"


def test_somebody_who_keeps_working_stays_signed_in_up_to_twelve_hours(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    page = reverse("accounts:settings")
    with time_machine.travel(time.time(), tick=False) as clock:
        statuses = []
        for _ten_minutes in range(73):
            statuses.append(client.get(page).status_code)
            clock.shift(600)

    assert statuses == [200] * 73 or statuses[-1] == 302
    assert set(statuses[:72]) == {200}


def test_signing_in_changes_the_session_key(member: User) -> None:
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "1"
    session.save()
    before = client.session.session_key

    _enter(client, member)

    assert client.session.session_key != before


def test_everybody_sees_their_own_sign_ins(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.FRONT_DESK, clinic=clinic)

    assert client.get(reverse("usersessions_list")).status_code == 200


def test_switching_to_a_clinic_needs_an_own_membership_there(
    clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with tenant(other_clinic.pk, actor="test"):
        own = MembershipFactory(clinic=other_clinic, user=client.member.user, role=Role.AUDITOR)
        foreign = MembershipFactory(clinic=other_clinic, role=Role.AUDITOR)

    assert client.post(reverse("accounts:switch_clinic", args=[foreign.pk])).status_code == 404
    client.post(reverse("accounts:switch_clinic", args=[own.pk]))
    assert client.get(reverse("accounts:settings")).status_code == 403
    assert client.get(reverse("sessions:audit_log")).status_code == 200


def test_a_page_that_asks_by_itself_gets_nothing_until_a_second_factor_is_set_up(member: User) -> None:
    client = Client()
    _enter(client, member)

    answer = client.get(reverse("sessions:worklist_counts"), headers={"HX-Request": "true", "X-Poll": "1"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "HX-Redirect" not in answer.headers


def test_a_part_of_a_page_sends_the_whole_page_to_set_up_a_second_factor(member: User) -> None:
    client = Client()
    _enter(client, member)

    answer = client.post(reverse("patients:search"), {"q": "Bell"}, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == reverse("mfa_index")


def test_a_part_of_a_page_sends_a_stranger_to_sign_in_and_back_to_the_page_they_were_on(db: None) -> None:
    here = "http://testserver/calendar/?day=2026-11-22"

    answer = Client().get(reverse("sessions:worklist_counts"), headers={"HX-Request": "true", "HX-Current-URL": here})

    assert answer.headers["HX-Redirect"] == reverse("account_login") + "?next=/calendar/%3Fday%3D2026-11-22"


def test_a_page_left_alone_goes_to_the_sign_in_page_as_a_whole(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with time_machine.travel(time.time(), tick=False) as clock:
        client.get(reverse("accounts:settings"))
        clock.shift(16 * 60)
        answer = client.get(reverse("sessions:worklist_counts"), headers={"HX-Request": "true", "X-Poll": "1"})

    assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))


def test_what_is_sent_too_late_leads_back_to_its_form(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with time_machine.travel(time.time(), tick=False) as clock:
        client.get(reverse("accounts:settings"))
        clock.shift(16 * 60)
        answer = client.post(
            reverse("accounts:settings"), {"seen": ""}, headers={"Referer": "http://testserver/settings/clinic/?a=1"}
        )

    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/settings/clinic/%3Fa%3D1"


def test_a_page_asks_how_long_it_lasts_without_using_it_and_typing_uses_it(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client, address = staff_client(Role.CLINIC_ADMIN, clinic=clinic), reverse("accounts:still_here")
    with time_machine.travel(int(time.time()), tick=False) as clock:
        client.get(reverse("accounts:settings"))
        clock.shift(14 * 60)
        asked = client.get(address, headers={"X-Poll": "idle"}).json()
        said = client.post(address).json()
        clock.shift(14 * 60)

        assert (asked, said) == ({"seconds": 60}, {"seconds": 900})
        assert client.get(reverse("accounts:settings")).status_code == 200


def test_near_the_end_of_twelve_hours_staying_adds_nothing(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client, address = staff_client(Role.CLINIC_ADMIN, clinic=clinic), reverse("accounts:still_here")
    with time_machine.travel(int(time.time()), tick=False) as clock:
        client.get(address)
        for _ten_minutes in range(71):
            clock.shift(600)
            left = client.post(address).json()

    assert left == {"seconds": 600}
