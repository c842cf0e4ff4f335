from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app import queries
from staff.accounts import actions
from staff.accounts.limits import KNOWN_COOKIE, ONE_PLACE


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


def fail(client, times, **more):
    """So many wrong passwords, each as soon as it is looked at; returns the last answer."""
    for _n in range(times):
        answer = sign_in(client, password="wrong", **more)
        assert answer.status_code == 422
    return answer


def told_to_wait(answer):
    """The seconds it says; 0: not told to wait."""
    if answer.status_code != 429:
        return 0
    assert "Too many tries. Please wait" in answer.content.decode()
    return int(answer["Retry-After"])


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 8, 0, tzinfo=UTC), tick=False)
    return time_machine


def test_after_five_wrong_passwords_one_waits_and_longer_each_time(hotel, client, clock):
    fail(client, 5)
    waits = []
    for _n in range(9):
        wait = told_to_wait(sign_in(client))  # even with the right one
        waits.append(wait)
        clock.shift(wait)
        fail(client, 1)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900]
    assert told_to_wait(sign_in(client)) == 900
    clock.shift(900)
    assert sign_in(client).status_code == 302


def test_the_sentence_says_how_long(hotel, client, clock):
    fail(client, 5)
    assert "Please wait 5 seconds" in sign_in(client).content.decode()
    for wait in (5, 10, 20, 40, 80):
        clock.shift(wait)
        fail(client, 1)
    assert "Please wait 3 minutes" in sign_in(client).content.decode()


def test_nobody_elsewhere_keeps_somebody_out_of_a_browser_they_have_used(hotel, client, clock):
    assert sign_in(client, email="admin@demo.example").status_code == 302
    client.post("/sign-out/")
    for n in range(40):  # from forty places, and from the administrator's own
        place = f"198.51.100.{n % 39}" if n % 39 else "127.0.0.1"
        sign_in(Client(REMOTE_ADDR=place), email="admin@demo.example", password="wrong")
    fail(Client(), 1, email="someone@demo.example")
    assert told_to_wait(sign_in(Client(), email="admin@demo.example"))
    assert sign_in(client, email="admin@demo.example").status_code == 302


def test_many_places_that_guess_at_one_account_wait_a_minute_at_most(hotel, clock):
    for n in range(60):
        guess = Client(REMOTE_ADDR=f"198.51.100.{n}")
        clock.shift(told_to_wait(sign_in(guess, password="wrong")))
        sign_in(guess, password="wrong")
    wait = told_to_wait(sign_in(Client(REMOTE_ADDR="203.0.113.9")))
    assert 0 < wait <= 60
    assert (
        sign_in(Client(), email="bell@demo.example").status_code == 302
    )  # others are not kept out


def test_one_place_that_tries_many_accounts_waits(hotel, client, clock):
    for n in range(ONE_PLACE.first):
        fail(client, 1, email=f"{n}@demo.example")
    assert 0 < told_to_wait(sign_in(client)) <= 60
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_behind_our_proxy_the_place_is_what_the_proxy_saw(hotel, settings, clock):
    settings.SECURE = True
    for n in range(ONE_PLACE.first):
        spoofed = Client(headers={"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.7"})
        fail(spoofed, 1, email=f"{n}@demo.example")
    same = Client(headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
    other = Client(headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.1"})
    assert (sign_in(same).status_code, sign_in(other).status_code) == (429, 302)


def test_signing_in_forgives_the_failures_of_the_account(hotel, client):
    fail(client, 4)
    assert sign_in(client).status_code == 302
    fail(Client(), 4)


def test_a_cookie_somebody_made_up_makes_no_browser_known(hotel, client, clock):
    fail(Client(), 5)
    forged = Client()
    forged.cookies[KNOWN_COOKIE] = "anything.at:all:x"
    assert told_to_wait(sign_in(forged))
    # Nor is a browser known for an account that never signed in there.
    sign_in(client, email="bell@demo.example")
    client.post("/sign-out/")
    assert told_to_wait(sign_in(client))


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
