import pytest

from staff.models import Person


def test_language_and_nicknames_are_ones_own_to_change(signed_in, person):
    bell = signed_in("bell")
    response = bell.post("/account/", {"language": "fi", "nicknames": "Joni, Jontte"})
    assert response["Location"] == "/account/?saved=account"
    assert (person("bell").language, person("bell").nicknames) == ("fi", ["Joni", "Jontte"])
    assert 'lang="fi"' in bell.get("/account/").content.decode()


def test_a_language_we_do_not_speak_is_refused(signed_in, person):
    assert signed_in("bell").post("/account/", {"language": "xx"}).status_code == 422
    assert person("bell").language == "en"


def test_a_new_password_ends_every_other_session_but_not_this_one(signed_in, person):
    here, elsewhere = signed_in("bell"), signed_in("bell")
    response = here.post(
        "/account/password/", {"current": "demo", "password": "four suitcases and a cello"}
    )
    assert response["Location"] == "/account/?saved=password"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert person("bell").check_password("four suitcases and a cello")


@pytest.mark.parametrize(
    ("current", "password", "sentence"),
    [
        ("wrong", "four suitcases and a cello", "not your password"),
        ("demo", "short", "too short"),
        ("demo", "password123", "too common"),
        ("demo", "", "required"),
        ("", "four suitcases and a cello", "required"),
    ],
)
def test_a_password_that_will_not_do_is_refused(signed_in, person, current, password, sentence):
    response = signed_in("bell").post(
        "/account/password/", {"current": current, "password": password}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert person("bell").check_password("demo")


def test_two_people_cannot_have_the_same_address_in_other_letters(hotel):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(property=hotel, email="Bell@Demo.example", first_name="B")
