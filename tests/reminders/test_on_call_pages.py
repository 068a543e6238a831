"""The pages of it: who is on call, the warning while nobody is, what was sent beside the report."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic, OnCallPerson
from common.tenancy import tenant
from reminders.models import AlarmPage, PagerBeat
from reminders.services import alarm_sweeps, planning
from sessions.models import SideEffect
from tests.factories.accounts import MembershipFactory, on_call
from tests.factories.patients import PatientFactory
from tests.factories.sessions import SideEffectFactory

NOBODY = "Nobody is on call"


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.fixture
def clinician(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


def url(name: str, *args: object) -> str:
    return reverse(f"reminders:{name}", args=args)


def text(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


def sweep(clinic: Clinic) -> None:
    alarm_sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)


def an_alarm(clinic: Clinic, **age: float) -> SideEffect:
    with tenant(clinic.pk, actor="test"):
        return SideEffectFactory(clinic=clinic, priority="P0", reported_at=timezone.now() - timedelta(**age))


def test_while_nobody_is_on_call_every_page_that_should_says_so(
    clinic: Clinic, admin: Client, clinician: Client, staff_client: Callable[..., Client]
) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    worklists, counts = reverse("sessions:worklists"), reverse("sessions:worklist_counts")
    shown = {
        (admin, reverse("settings")), (admin, url("on_call")), (clinician, url("on_call")),
        (admin, worklists), (clinician, worklists), (desk, worklists), (admin, counts), (clinician, counts),
        (desk, reverse("scheduling:today")), (admin, reverse("scheduling:today")),
        (desk, url("alarm_notice")), (clinician, url("alarm_notice")),
    }  # fmt: skip
    assert [page for client, page in shown if NOBODY not in text(client, page)] == []
    assert not admin.get(reverse("scheduling:guide")).context["steps"].has_on_call

    with tenant(clinic.pk, actor="test"):
        (person,) = on_call(clinic, "")
    assert [page for client, page in shown if NOBODY in text(client, page)] == []
    assert admin.get(reverse("scheduling:guide")).context["steps"].has_on_call

    with tenant(clinic.pk, actor="test"):
        person.membership.is_active = False
        person.membership.save()
    assert [page for client, page in shown if NOBODY not in text(client, page)] == []
    assert "cannot take a report any more" in text(admin, url("on_call"))


def test_the_admin_names_people_orders_them_and_a_test_page_shows_that_it_works(clinic: Clinic, admin: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        one, two = MembershipFactory.create_batch(2, clinic=clinic)
    admin.post(url("add_on_call"), {"membership": one.pk, "mobile": "0151 12345678"})
    page = admin.post(url("add_on_call"), {"membership": two.pk}, follow=True).content.decode()
    assert f"{two.user.full_name} is on call. Send a test page" in page
    assert "+49 1511 2345678" in page

    with tenant(clinic.pk, actor="test"):
        first, second = OnCallPerson.objects.in_order()
    admin.post(url("move_on_call", second.pk), {"to": "up"})
    admin.post(url("on_call_mobile", first.pk), {"mobile": ""})
    with tenant(clinic.pk, actor="test"):
        assert [(p.pk, str(p.mobile)) for p in OnCallPerson.objects.in_order()] == [(second.pk, ""), (first.pk, "")]

    for _tap in range(2):
        admin.post(url("page_as_test", first.pk))
    sweep(clinic)
    assert [(mail.to, mail.subject) for mail in django_mail.outbox] == [([one.user.email], "The clinic: a test page")]
    assert "This is a test. No report is waiting" in django_mail.outbox[0].body
    assert "sent" in text(admin, url("on_call"))


def test_what_cannot_be_a_person_or_a_phone_is_told_beside_the_field(clinic: Clinic, admin: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        desk, treats = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK), MembershipFactory(clinic=clinic)
        (person,) = on_call(clinic, "")
    for wrong in ({"membership": desk.pk}, {"membership": treats.pk, "mobile": "12"}, {}):
        answer = admin.post(url("add_on_call"), wrong)
        assert answer.status_code == 422
        assert answer.context["add_form"].errors
    assert admin.post(url("on_call_mobile", person.pk), {"mobile": "call me"}).status_code == 422
    assert admin.post(url("move_on_call", person.pk), {"to": "nowhere"}).status_code == 400


def test_the_last_person_goes_only_after_a_warning(clinic: Clinic, admin: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        (person,) = on_call(clinic, "")
    answer = admin.post(url("remove_on_call", person.pk))
    assert answer.status_code == 409
    assert "Then nobody is on call: an urgent report wakes nobody." in answer.content.decode()
    assert (
        "is no longer on call"
        in admin.post(url("remove_on_call", person.pk), {"is_sure": "on"}, follow=True).content.decode()
    )


def test_a_clinician_sees_the_list_and_changes_nothing(clinic: Clinic, clinician: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        (person,) = on_call(clinic, "")
    page = text(clinician, url("on_call"))
    assert person.membership.user.full_name in page
    assert url("remove_on_call", person.pk) not in page
    assert clinician.post(url("remove_on_call", person.pk), {"is_sure": "on"}).status_code == 403


def test_beside_the_report_stands_what_was_sent_to_whom_and_who_is_next(clinic: Clinic, clinician: Client) -> None:
    told = an_alarm(clinic, minutes=11)
    with tenant(clinic.pk, actor="test"):
        one, two, three = (person.membership.user.full_name for person in on_call(clinic, "", "", ""))
    sweep(clinic)

    assert f'hx-get="{url("pages", told.pk)}"' in text(clinician, reverse("sessions:side_effect", args=[told.pk]))
    whole, part = (
        text(clinician, url("pages", told.pk)),
        text(clinician, url("pages", told.pk), **{"HX-Request": "true"}),
    )
    for page in (whole, part):
        assert page.count("e-mail") >= 2
        assert f"Next page to {three} at" in page
        assert page.index("<table") < page.index(f"{one}</td>")
        assert f"{two}</td>" in page
        assert "every 15s" in page
    assert "<html" in whole
    assert "<html" not in part

    clinician.post(reverse("sessions:acknowledge_side_effect", args=[told.pk]), {"version": 1})
    after = text(clinician, url("pages", told.pk))
    assert "Next page to" not in after
    assert "every 15s" not in after
    assert f"{one}</td>" in after


def test_the_desk_is_told_to_fetch_a_clinician_and_follows_who_is_paged_and_who_took_it(
    clinic: Clinic, clinician: Client, staff_client: Callable[..., Client]
) -> None:
    """First what to do, then who is woken; green never; and no word of what was told."""
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    sent = {"source": "phone", "danger_signs": ["breathless"], "description": "Sentinelwords", "once": str(uuid4())}
    report = reverse("sessions:report_side_effect", args=[patient.pk])
    number = clinic.emergency_number

    alone = desk.post(report, sent, follow=True).content.decode()

    order = ["Fetch a clinician now", f"Call {number} first.", "nobody has taken it yet", NOBODY]
    assert [alone.index(words) for words in order] == sorted(alone.index(words) for words in order)
    assert "notice-success" not in alone
    for clinical in ("Sentinelwords", "reath"):
        assert clinical not in alone
    with tenant(clinic.pk, actor="test"):
        told = SideEffect.objects.get()
        one, two = (person.membership.user.full_name for person in on_call(clinic, "", ""))
    silent = text(desk, url("pages", told.pk))
    assert "Pages are not being sent" in silent
    assert "is paged now" not in silent
    with tenant(clinic.pk, actor="test"):
        PagerBeat.objects.create(clinic=clinic, swept_at=timezone.now())
    followed = text(desk, reverse("sessions:worklists"))
    assert url("pages", told.pk) in followed
    assert reverse("sessions:side_effect", args=[told.pk]) not in followed

    before = text(desk, url("pages", told.pk))
    assert f"{one} is paged now" in before
    assert f"Next page to {two} at" in before
    sweep(clinic)
    after = text(desk, url("pages", told.pk))
    assert f"{one}</td>" in after
    assert f"{one} is paged now" not in after
    part = text(desk, url("pages", told.pk) + "?whole=1", **{"HX-Request": "true"})
    assert "Fetch a clinician now" in part
    assert "<html" not in part

    clinician.post(reverse("sessions:acknowledge_side_effect", args=[told.pk]), {"version": 1})
    taken = text(desk, url("pages", told.pk))
    assert "taken by" in taken
    assert "Fetch a clinician now" not in taken
    assert "every 15s" not in taken
    assert desk.get(reverse("sessions:side_effect", args=[told.pk])).status_code == 403


def test_an_alarm_that_wakes_nobody_for_fifteen_minutes_is_loud_on_the_worklist(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    an_alarm(clinic, minutes=14)
    assert "has waited over 15 minutes" not in text(desk, url("alarm_notice"))
    an_alarm(clinic, minutes=16)
    page = text(desk, url("alarm_notice"))
    assert "1 urgent report has waited over 15 minutes, and no page left for it." in page
    assert "Pages are not being sent: their worker has not come by yet." in page
    with tenant(clinic.pk, actor="test"):
        on_call(clinic, "")
        planning.beat(by=machine(clinic, "test"), now=timezone.now())
    sweep(clinic)
    assert text(desk, url("alarm_notice")).strip() == ""


@pytest.mark.parametrize("name", ["on_call", "pages"])
def test_a_list_of_three_costs_what_a_list_of_one_costs(clinic: Clinic, clinician: Client, name: str) -> None:
    told = an_alarm(clinic, minutes=1)
    address = url(name, *([told.pk] if name == "pages" else []))
    clinician.get(address)
    asked = []
    for number in (1, 2, 3):
        with tenant(clinic.pk, actor="test"):
            member = MembershipFactory(clinic=clinic)
            OnCallPerson.objects.create(clinic=clinic, membership=member, position=number)
            for of_report in (told, None):
                AlarmPage.objects.create(
                    clinic=clinic, side_effect=of_report, membership=member, channel="email",
                    alarm_at=timezone.now(), due_at=timezone.now(),
                )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert clinician.get(address).status_code == 200
        asked.append(len(queries))
    assert asked == [asked[0]] * 3
