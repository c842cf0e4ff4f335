import pytest
from django.core.cache import cache
from django.test import Client

from requests_app import queries
from staff.accounts import actions
from staff.accounts.limits import FAILURES_FROM_ONE_PLACE, FAILURES_OF_AN_ADDRESS


@pytest.fixture(autouse=True)
def nobody_has_failed_yet():
    cache.clear()


def sign_in(client, email="manager@demo.example", password="demo", **more):
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def test_the_right_password_opens_the_page_that_was_asked_for(hotel, client):
    response = sign_in(client, next="/manager/")
    assert (response.status_code, response["Location"]) == (302, "/manager/")
    assert client.get("/manager/").status_code == 200


def test_an_address_is_the_same_in_capitals(hotel, client):
    assert sign_in(client, email="Manager@Demo.Example").status_code == 302


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("manager@demo.example", "wrong"),
        ("nobody@demo.example", "demo"),
        ("manager@demo.example", "demo "),
    ],
)
def test_what_is_wrong_is_not_told_apart(hotel, client, email, password):
    response = sign_in(client, email=email, password=password)
    assert response.status_code == 422
    assert "do not belong together" in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("email", "password"), [("", "demo"), ("manager@demo.example", "")])
def test_empty_fields_are_refused_with_a_sentence(hotel, client, email, password):
    response = sign_in(client, email=email, password=password)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_somebody_who_left_reads_the_same_sentence_as_a_stranger(hotel, client, person):
    actions.edit_person(
        person("bell"),
        by=person("admin"),
        at=hotel_now(),
        **as_they_are(person("bell")) | {"is_active": False},
    )
    response = sign_in(client, email="bell@demo.example")
    assert response.status_code == 422
    assert "do not belong together" in response.content.decode()


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "\thttps://evil.example",
    ],
)
def test_next_never_leads_to_another_site(hotel, client, foreign):
    assert sign_in(client, next=foreign)["Location"] == "/"


def test_the_eleventh_try_waits_even_with_the_right_password(hotel, client):
    for _n in range(FAILURES_OF_AN_ADDRESS):
        assert sign_in(client, password="wrong").status_code == 422
    response = sign_in(client)
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert (
        sign_in(Client(), email="bell@demo.example").status_code == 302
    )  # others are not kept out


def test_one_place_that_tries_many_addresses_waits(hotel, client):
    for n in range(FAILURES_FROM_ONE_PLACE):
        sign_in(client, email=f"{n}@demo.example", password="demo")
    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_behind_our_proxy_the_place_is_what_the_proxy_saw(hotel, settings):
    settings.SECURE = True
    for n in range(FAILURES_FROM_ONE_PLACE):
        spoofed = Client(headers={"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.7"})
        sign_in(spoofed, email=f"{n}@demo.example")
    same = Client(headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
    other = Client(headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.1"})
    assert (sign_in(same).status_code, sign_in(other).status_code) == (429, 302)


def test_signing_in_forgives_the_failures_of_the_address(hotel, client):
    for _n in range(FAILURES_OF_AN_ADDRESS - 1):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    for _n in range(FAILURES_OF_AN_ADDRESS - 1):
        assert sign_in(Client(), password="wrong").status_code == 422


def test_a_session_planted_before_signing_in_is_worth_nothing(hotel, client):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client)
    assert client.cookies["sessionid"].value != planted


def test_only_the_demo_hotel_tells_its_password(hotel, client):
    page = client.get("/sign-in/").content.decode()
    assert "housekeeping@demo.example" in page
    assert "mika.salo@demo.example" not in page
    hotel.is_demo = False
    hotel.save()
    page = client.get("/sign-in/").content.decode()
    assert "demo" not in page


def test_whoever_is_signed_in_goes_on_at_once(signed_in):
    response = signed_in("bell").get("/sign-in/?next=/my/thanks/")
    assert (response.status_code, response["Location"]) == (302, "/my/thanks/")


def test_signing_out_ends_the_session_and_needs_a_post(hotel, client):
    sign_in(client)
    pairs = {(int(client.session["_auth_user_id"]), client.session.session_key)}
    assert client.get("/sign-out/").status_code == 405
    assert queries.still_signed_in(pairs) == pairs
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert queries.still_signed_in(pairs) == set()
    assert client.get("/account/").status_code == 302


def as_they_are(person):
    fields = ("first_name", "last_name", "nicknames", "role", "is_active")
    return {name: getattr(person, name) for name in fields} | {"desks": list(person.desks.all())}


def hotel_now():
    from django.utils import timezone

    return timezone.now()
