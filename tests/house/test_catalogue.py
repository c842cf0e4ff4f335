import pytest
from django.utils import timezone

from requests_app import house
from requests_app.actions.house import teach_word
from requests_app.models import Outgoing, Property, Request, Service, TaughtWord, UnroutedMessage
from tests.conftest import EMILY


@pytest.fixture
def keeper(signed_in):
    return signed_in("supervisor")


@pytest.fixture
def form(desk):
    return {
        "custom_name": "",
        "desk": desk("housekeeping").pk,
        "respond_minutes": 5,
        "complete_minutes": 20,
        "on_guest_page": "on",
        "active": "on",
    }


def test_the_catalogue_is_listed_desk_by_desk(keeper):
    page = keeper.get("/house/services/").content.decode()
    assert page.count("/house/services/") >= Service.objects.count()
    assert "answered in 5 min, done in 15 min" in " ".join(page.split())


def test_an_edited_service_is_promised_as_it_is_now(keeper, service, form, text):
    answer = keeper.post(
        f"/house/services/{service('towels').pk}/", form | {"complete_minutes": 60}
    )
    assert answer["Location"] == "/house/services/"
    text(EMILY, "2 towels please")
    request = Request.objects.get()
    assert (request.due_at - request.created_at).total_seconds() >= 60 * 60


def test_a_service_that_is_not_offered_goes_to_the_front_desk(keeper, service, form, text):
    form.pop("active")
    keeper.post(f"/house/services/{service('towels').pk}/", form)
    text(EMILY, "2 towels please")
    assert [(r.kind, r.desk.slug) for r in Request.objects.all()] == [("unsorted", "front-desk")]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"respond_minutes": 30}, 409, "before somebody has answered"),
        ({"complete_minutes": 0}, 422, "greater than or equal to 1"),
        ({"complete_minutes": 99999}, 422, "less than or equal to"),
        ({"respond_minutes": ""}, 422, "required"),
        ({"desk": 999999}, 422, "valid choice"),
    ],
)
def test_a_service_that_cannot_be_is_refused(keeper, service, form, changes, status, sentence):
    answer = keeper.post(f"/house/services/{service('towels').pk}/", form | changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    assert service("towels").complete_minutes == 15


def test_what_fits_nowhere_else_must_go_somewhere(keeper, service, form):
    form.pop("active")
    assert keeper.post(f"/house/services/{service('other').pk}/", form).status_code == 409


def test_a_service_of_the_hotels_own_is_understood_by_its_words(keeper, form, hotel, text):
    new = form | {"custom_name": "Sauna oven", "theme": "comfort", "words": "kiuas, sauna stove"}
    assert keeper.post("/house/services/new/", new)["Location"] == "/house/services/"
    made = Service.objects.get(custom_name="Sauna oven")
    assert (made.slug, made.desk.slug) == ("own-sauna-oven", "housekeeping")
    assert set(TaughtWord.objects.values_list("word", flat=True)) == {
        "sauna oven",
        "kiuas",
        "sauna stove",
    }
    hotel.refresh_from_db()
    assert "own-sauna-oven" in house.house_of(hotel, timezone.now()).services
    text(EMILY, "the sauna stove please")
    assert [r.service for r in Request.objects.all()] == [made]
    assert keeper.post("/house/services/new/", new).status_code == 409


def test_another_hotels_services_and_words_do_not_exist(keeper, form, person):
    other = Property.objects.create(
        slug="o", name="O", text_number="+12025550101", telephone="+12025550198"
    )
    desk = other.desks.create(slug="front-desk")
    foreign = Service.objects.create(
        property=other,
        desk=desk,
        slug="towels",
        theme="room",
        respond_minutes=1,
        complete_minutes=2,
    )
    word = teach_word(foreign, word="pyyhe", language="fi", by=person("bell"), at=timezone.now())
    assert keeper.post(f"/house/services/{foreign.pk}/", form).status_code == 404
    assert keeper.post(f"/house/words/{word.pk}/forget/").status_code == 404
    assert (
        keeper.post(
            "/house/services/new/", form | {"custom_name": "X", "desk": desk.pk}
        ).status_code
        == 422
    )


def test_a_taught_word_can_be_taken_back(keeper, service, person):
    word = teach_word(
        service("towels"), word="fluffies", language="en", by=person("bell"), at=timezone.now()
    )
    assert "fluffies" in keeper.get("/house/words/").content.decode()
    keeper.post(f"/house/words/{word.pk}/forget/")
    assert not TaughtWord.objects.exists()


def test_a_parked_text_is_shown_with_its_reason_and_sent_again(keeper, text):
    text(EMILY, "2 towels please")
    Outgoing.objects.update(state="parked", reason="the carrier refused it")
    assert "the carrier refused it" in keeper.get("/house/texts/").content.decode()
    parked = Outgoing.objects.get()
    keeper.post(f"/house/texts/{parked.pk}/send-again/")
    assert Outgoing.objects.get().state == "due"


def test_texts_to_numbers_nobody_has_are_the_administrators_to_read(signed_in):
    UnroutedMessage.objects.create(
        external_id="SM1",
        sender="+1",
        recipient="+2",
        body="Anybody there?",
        received_at=timezone.now(),
    )
    seen = {
        who: "Anybody there?" in signed_in(who).get("/house/texts/").content.decode()
        for who in ("manager", "admin")
    }
    assert seen == {"manager": False, "admin": True}


@pytest.fixture
def about(hotel):
    return {
        "name": "Hotel Kämp",
        "telephone": "+358 9 576111",
        "emergency_number": "112",
        "accent": "#5b2333",
        "confirm_after_minutes": 90,
        "own_language": "fi",
        "languages": ["en", "fi", "tr"],
    }


def test_the_hotel_says_who_it_is(signed_in, hotel, about):
    assert signed_in("manager").post("/house/settings/", about)["Location"].endswith("?saved=1")
    hotel.refresh_from_db()
    assert (
        hotel.name,
        hotel.telephone,
        hotel.accent,
        hotel.confirm_after_minutes,
        hotel.languages,
    ) == (
        "Hotel Kämp",
        "+3589576111",
        "#5b2333",
        90,
        ["fi", "en", "tr"],
    )
    assert ":root{--accent:#5b2333}" in signed_in("manager").get("/house/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"telephone": "nobody"}, "not a telephone number"),
        ({"emergency_number": "call us"}, "digits"),
        ({"accent": "red"}, "valid value"),
        ({"accent": "#ffee00"}, "Too light"),
        ({"confirm_after_minutes": 0}, "greater than or equal to 5"),
        ({"own_language": "xx"}, "valid choice"),
    ],
)
def test_settings_that_will_not_do_are_refused(signed_in, hotel, about, changes, sentence):
    answer = signed_in("admin").post("/house/settings/", about | changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    hotel.refresh_from_db()
    assert hotel.name == "Demo Hotel"


def test_supervisors_do_not_set_the_hotel(keeper, about):
    assert keeper.get("/house/settings/").status_code == 403
    assert keeper.post("/house/settings/", about).status_code == 403
