import pytest
from django.test import Client
from django.utils import timezone

from requests_app import house, queries
from requests_app.actions.requests import accept_request
from requests_app.models import Desk, Property, Request
from staff.accounts import actions
from staff.models import Person, Role
from tests.conftest import EMILY


@pytest.fixture
def elsewhere(hotel):
    """Somebody of another hotel."""
    other = Property.objects.create(
        slug="other", name="Other", text_number="+12025550101", telephone="+12025550198"
    )
    Desk.objects.create(property=other, slug="front-desk")
    return Person.objects.create(
        property=other, email="boss@other.example", first_name="Olga", role=Role.ADMINISTRATOR
    )


def form_of(person, **changes):
    form = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "nicknames": ", ".join(person.nicknames),
        "role": person.role,
        "desks": [desk.pk for desk in person.desks.all()],
        "is_active": "on",
    } | changes
    return {name: value for name, value in form.items() if value is not None}


@pytest.mark.parametrize(
    ("who", "see", "edit"),
    [("bell", 403, 403), ("supervisor", 200, 403), ("manager", 200, 200), ("admin", 200, 200)],
)
def test_who_may_see_and_who_may_edit(signed_in, person, who, see, edit):
    client, other = signed_in(who), person("housekeeping").pk
    assert client.get("/house/people/").status_code == see
    assert client.get(f"/house/people/{other}/").status_code == edit
    assert client.get("/house/people/new/").status_code == edit
    assert client.post(f"/house/people/{other}/password/").status_code == edit


def test_nobody_who_is_not_signed_in_sees_anything(hotel, client):
    assert client.get("/house/people/")["Location"].startswith("/sign-in/?next=")


def test_people_of_another_hotel_do_not_exist(signed_in, elsewhere):
    admin = signed_in("admin")
    assert "Olga" not in admin.get("/house/people/").content.decode()
    assert admin.get(f"/house/people/{elsewhere.pk}/").status_code == 404
    assert admin.post(f"/house/people/{elsewhere.pk}/", form_of(elsewhere)).status_code == 404
    assert admin.post(f"/house/people/{elsewhere.pk}/password/").status_code == 404


def test_a_new_colleague_signs_in_with_the_password_that_is_shown_once(signed_in, hotel, desk):
    response = signed_in("manager").post(
        "/house/people/new/",
        {
            "email": "Nina@Demo.example",
            "first_name": "Nina",
            "nicknames": "Ninni,  Ninni, ",
            "role": "desk",
            "desks": [desk("bell").pk],
        },
    )
    assert response["Cache-Control"] == "no-store"
    nina = Person.objects.get(email="nina@demo.example")
    assert (nina.property, nina.nicknames, list(nina.desks.all())) == (
        hotel,
        ["Ninni"],
        [desk("bell")],
    )
    password = response.context["password"]
    assert password in response.content.decode()
    signed = Client().post("/sign-in/", {"email": nina.email, "password": password})
    assert signed.status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "not an address", "valid email"),
        ("email", "BELL@demo.example", "already"),
        ("first_name", "", "required"),
        ("role", "emperor", "valid choice"),
    ],
)
def test_a_colleague_that_cannot_be_is_refused(signed_in, field, value, sentence):
    form = {"email": "n@demo.example", "first_name": "N", "role": "desk"} | {field: value}
    response = signed_in("admin").post("/house/people/new/", form)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Person.objects.filter(first_name="N").exists()


def test_a_manager_can_neither_make_nor_touch_an_administrator(signed_in, person):
    manager, admin = signed_in("manager"), person("admin")
    form = {"email": "n@demo.example", "first_name": "N", "role": "administrator"}
    assert manager.post("/house/people/new/", form).status_code == 422
    assert manager.post(f"/house/people/{admin.pk}/", form_of(admin)).status_code == 403
    assert manager.post(f"/house/people/{admin.pk}/password/").status_code == 403
    own = person("manager")
    assert (
        manager.post(f"/house/people/{own.pk}/", form_of(own, role="administrator")).status_code
        == 422
    )


@pytest.mark.parametrize("change", [{"role": "desk"}, {"is_active": None}])
def test_the_last_administrator_stays(signed_in, person, change):
    admin = person("admin")
    response = signed_in("admin").post(f"/house/people/{admin.pk}/", form_of(admin, **change))
    assert response.status_code == 409
    assert "the only administrator" in response.content.decode()
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("administrator", True)


def test_of_two_administrators_one_may_go(signed_in, person):
    manager = person("manager")
    signed_in("admin").post(f"/house/people/{manager.pk}/", form_of(manager, role="administrator"))
    admin = person("admin")
    response = signed_in("admin").post(f"/house/people/{admin.pk}/", form_of(admin, role="desk"))
    assert response.status_code == 302
    assert person("admin").role == "desk"


def test_a_nickname_is_found_in_praise_from_then_on(signed_in, person, hotel):
    maria = person("maria.santos")
    signed_in("admin").post(f"/house/people/{maria.pk}/", form_of(maria, nicknames="Pippa"))
    hotel.refresh_from_db()
    names = house.house_of(hotel, timezone.now()).setting.staff
    assert [name.nicknames for name in names if name.id == maria.pk] == [("Pippa",)]


def test_a_new_name_shows_on_the_cards_they_hold(person, text, service):
    text(EMILY, "2 towels please")
    request = Request.objects.get()
    accept_request(request, by=person("housekeeping"), at=timezone.now())
    before = request.sequence
    aino = person("housekeeping")
    actions.edit_person(
        aino, by=person("admin"), at=timezone.now(), **facts_of(aino) | {"last_name": "Laaksonen"}
    )
    request.refresh_from_db()
    assert request.sequence > before


@pytest.mark.parametrize("change", [{"role": "supervisor"}, {"is_active": None}])
def test_who_loses_or_gains_rights_loses_their_sessions(signed_in, person, change):
    theirs, bell = signed_in("bell"), person("bell")
    pairs = {(bell.pk, theirs.session.session_key)}
    assert queries.still_signed_in(pairs) == pairs
    signed_in("admin").post(f"/house/people/{bell.pk}/", form_of(bell, **change))
    assert queries.still_signed_in(pairs) == set()
    assert theirs.get("/account/").status_code == 302


def test_who_comes_back_does_not_find_an_old_session_open(signed_in, person):
    theirs, bell = signed_in("bell"), person("bell")
    admin = signed_in("admin")
    admin.post(f"/house/people/{bell.pk}/", form_of(bell, is_active=None))
    admin.post(f"/house/people/{bell.pk}/", form_of(bell))
    assert person("bell").is_active
    assert theirs.get("/account/").status_code == 302


def test_what_somebody_had_in_hand_is_anybodys_when_they_leave(signed_in, person, text):
    text(EMILY, "2 towels please")
    request, aino = Request.objects.get(), person("housekeeping")
    accept_request(request, by=aino, at=timezone.now())
    signed_in("admin").post(f"/house/people/{aino.pk}/", form_of(aino, is_active=None))
    request.refresh_from_db()
    assert (request.status, request.holder) == ("new", None)
    last = request.events.last()
    assert (last.kind, last.person, last.reason) == (
        "released",
        person("admin"),
        "Aino L. has left.",
    )


def test_a_made_up_password_ends_the_old_one_and_the_sessions(signed_in, person):
    theirs = signed_in("bell")
    response = signed_in("manager").post(f"/house/people/{person('bell').pk}/password/")
    assert theirs.get("/account/").status_code == 302
    assert person("bell").check_password(response.context["password"])


def facts_of(person):
    fields = ("first_name", "last_name", "nicknames", "role", "is_active")
    return {name: getattr(person, name) for name in fields} | {"desks": list(person.desks.all())}
