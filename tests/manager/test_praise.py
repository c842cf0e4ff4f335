from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app import fragments, stories
from requests_app.actions.praise import commend
from requests_app.actions.requests import accept_request, finish_request
from requests_app.models import Commendation, Property, Request
from tests.conftest import EMILY


@pytest.fixture
def praise(hotel):
    """A guest's words on the manager's desk."""
    return lambda words, **more: commend(
        hotel, words=words, at=timezone.now(), channel="web", language="en", **more
    )


@pytest.fixture
def manager(signed_in):
    return signed_in("manager")


def tap(client, commendation, what, **form):
    commendation.refresh_from_db()
    form = {"version": commendation.version} | form
    return client.post(
        f"/manager/thanks/{commendation.pk}/{what}/", form, headers={"HX-Request": "true"}
    )


def named(commendation):
    return sorted(commendation.people.values_list("person__email", "how"))


@pytest.mark.parametrize(
    "address",
    ["/manager/", "/manager/numbers/", "/manager/thanks/", "/manager/requests/?count=open"],
)
@pytest.mark.parametrize(
    ("who", "status"), [("bell", 403), ("supervisor", 403), ("manager", 200), ("admin", 200)]
)
def test_who_may_read_it(signed_in, address, who, status):
    response = signed_in(who).get(address)
    assert response.status_code == status
    assert ("for somebody else to decide" in response.content.decode()) == (status == 403)


@pytest.mark.parametrize("what", ["acknowledge", "people", "pass-on"])
def test_only_managers_act_on_praise(signed_in, praise, what):
    said = praise("Thank you Aino")
    assert tap(signed_in("supervisor"), said, what).status_code == 403
    assert Client().post(f"/manager/thanks/{said.pk}/{what}/").status_code == 302


@pytest.mark.parametrize("what", ["", "acknowledge/", "people/", "pass-on/", "name/0/1/"])
def test_another_hotels_praise_does_not_exist(manager, what):
    other = Property.objects.create(
        slug="o", name="O", text_number="+12025550101", telephone="+12025550198"
    )
    said = commend(other, words="Hi", at=timezone.now(), channel="web")
    address = f"/manager/thanks/{said.pk}/{what}"
    answer = manager.get(address) if not what else manager.post(address)
    assert answer.status_code == 404


def test_the_journey_of_praise_to_the_person_it_is_for(manager, signed_in, praise, person):
    said = praise("Mika came back at nine. Thank you Mika and Leyla!")
    page = manager.get("/manager/").content.decode()
    assert "“Mika”: which one?" in page
    assert fragments.story(stories.story_of(said), "en") in page

    answer = tap(manager, said, f"name/0/{person('mika.salo').pk}")
    said.refresh_from_db()
    assert answer.status_code == 200
    assert named(said) == [
        ("dining@demo.example", "named"),
        ("mika.salo@demo.example", "corrected"),
    ]
    assert (said.open_names, said.acknowledged_by) == ([], None), "it stays among the new ones"
    assert fragments.story(stories.story_of(said), "en") in answer.content.decode()

    tap(manager, said, "people", people=[person("mika.salo").pk, person("bell").pk])
    assert named(said) == [
        ("bell@demo.example", "corrected"),
        ("mika.salo@demo.example", "corrected"),
    ]
    said.refresh_from_db()
    assert said.acknowledged_by == person("manager")
    assert (
        signed_in("mika.salo").get("/my/thanks/").content.decode().count("came back at nine") == 0
    )

    assert tap(manager, said, "pass-on", note="Well done, both of you.").status_code == 200
    mika = signed_in("mika.salo")
    first, second = (mika.get("/my/thanks/").content.decode() for _n in range(2))
    for page in (first, second):
        assert "came back at nine" in page
        assert "Well done, both of you." in page
    assert ("data-new" in first, "data-new" in second) == (True, False)
    assert "came back" not in signed_in("dining").get("/my/thanks/").content.decode()
    seen = dict(said.people.values_list("person__email", "seen_at"))
    assert seen["mika.salo@demo.example"] is not None
    assert seen["bell@demo.example"] is None


def test_marking_as_read_moves_it_to_the_other_list(manager, praise):
    said = praise("Thank you Aino")
    assert 'data-list="unread"' in fragments.story(stories.story_of(said), "en")
    assert 'data-list="read"' in tap(manager, said, "acknowledge").content.decode()
    again = tap(manager, said, "acknowledge")
    said.refresh_from_db()
    assert (again.status_code, said.version) == (200, 2)


@pytest.mark.parametrize("what", ["people", "pass-on", "name/0/{mika}", "acknowledge"])
def test_a_stale_page_is_refused_and_shows_the_piece_as_it_is_now(manager, praise, person, what):
    said = praise("Thank you Mika and Aino")
    what = what.format(mika=person("mika.salo").pk)
    Commendation.objects.filter(pk=said.pk).update(version=2)
    answer = tap(manager, said, what, version=1, people=[person("bell").pk])
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "changed meanwhile" in text
    assert 'data-version="2"' in text
    assert named(said) == [("housekeeping@demo.example", "named")]


def test_without_scripts_the_same_taps_work_on_a_page_of_its_own(manager, praise, person):
    said = praise("Thank you Aino")
    page = manager.get(f"/manager/thanks/{said.pk}/")
    assert page.status_code == 200
    answer = manager.post(f"/manager/thanks/{said.pk}/pass-on/", {"version": 1, "note": "Yes"})
    assert answer["Location"] == f"/manager/thanks/{said.pk}/"
    stale = manager.post(f"/manager/thanks/{said.pk}/pass-on/", {"version": 1, "note": "No"})
    assert stale.status_code == 409
    said.refresh_from_db()
    assert said.note == "Yes"


def test_praise_for_nobody_cannot_be_passed_on(manager, praise):
    said = praise("Thank you to the young man with the blue glasses")
    answer = tap(manager, said, "pass-on", note="?")
    assert (answer.status_code, "whom it is for" in answer.content.decode()) == (422, True)


def test_nobody_must_be_said_and_is_not_the_empty_form(manager, praise):
    said = praise("Thank you Aino")
    assert tap(manager, said, "people").status_code == 422
    assert named(said) == [("housekeeping@demo.example", "named")]
    assert tap(manager, said, "people", nobody="1").status_code == 200
    assert named(said) == []


def test_only_people_of_this_hotel_can_be_chosen(manager, praise, person):
    said = praise("Thank you Mika")
    assert tap(manager, said, "people", people=["999999"]).status_code == 404
    assert tap(manager, said, "people", people=["x"]).status_code == 422
    assert tap(manager, said, f"name/0/{person('bell').pk}").status_code == 422
    assert tap(manager, said, f"name/7/{person('mika.salo').pk}").status_code == 422


def test_one_of_two_open_names_stays_open(manager, praise, person):
    said = praise("Thank you Mika")
    said.open_names = [
        *said.open_names,
        {"words": "Miika", "candidates": said.open_names[0]["candidates"]},
    ]
    said.save()
    tap(manager, said, f"name/0/{person('mika.salo').pk}")
    said.refresh_from_db()
    assert [name["words"] for name in said.open_names] == ["Miika"]


def test_the_story_says_who_did_it_how_quickly_and_as_promised(hotel, text, praise, person):
    text(EMILY, "2 towels please")
    request = Request.objects.get()
    aino, maria = person("housekeeping"), person("maria.santos")
    accept_request(request, by=aino, at=request.created_at)
    finish_request(
        request,
        by=aino,
        at=request.created_at + timedelta(minutes=9),
        helpers=[maria],
        what="Brought",
        beyond="And a bath mat",
    )
    story = stories.story_of(praise("Thank you Aino", request=request, stay=request.stay))
    assert (story.room, story.took, story.kept, story.beyond) == (
        "207",
        timedelta(minutes=9),
        True,
        "And a bath mat",
    )
    assert (story.helpers, story.also_did) == ((aino, maria), (maria,))
    html = fragments.story(story, "en")
    for words in (
        "Room 207",
        "2 bath towels",
        "in 9 min",
        "promise kept",
        "With the help of Maria S.",
        "And a bath mat",
    ):
        assert words in " ".join(html.split())


@pytest.mark.parametrize(
    ("words", "names", "expected"),
    [
        ("Thanks Aino!", ["Aino"], "Thanks <mark>Aino</mark>!"),
        ("kiitos Ainolle & muille", ["Aino"], "kiitos <mark>Ainolle</mark> &amp; muille"),
        ("<b>Aino</b>", ["Aino"], "&lt;b&gt;<mark>Aino</mark>&lt;/b&gt;"),
        ("Rainos", ["Aino"], "Rainos"),
        ("a+b", ["a+b", ""], "<mark>a+b</mark>"),
        ("no names", [], "no names"),
    ],
)
def test_names_are_marked_and_everything_is_escaped(words, names, expected):
    assert stories.mark_names(words, names) == expected


def test_a_guests_markup_is_shown_not_run(manager, praise):
    praise("<script>alert('Aino')</script>")
    assert "<script>alert" not in manager.get("/manager/").content.decode()


def test_a_name_that_could_be_two_is_asked_for_in_the_form_that_passes_it_on(
    manager, praise, person
):
    said = praise("Thank you Mika!")
    form = manager.get(f"/manager/thanks/{said.pk}/pass-on/", headers={"HX-Request": "true"})
    page = form.content.decode()
    assert "“Mika”: which one?" in page
    assert page.count('name="meant-0"') == 2
    answer = tap(manager, said, "pass-on", note="Well done", **{"meant-0": person("mika.salo").pk})
    said.refresh_from_db()
    assert (answer.status_code, said.note, said.open_names) == (200, "Well done", [])
    assert named(said) == [("mika.salo@demo.example", "corrected")]
    assert said.passed_on_at is not None


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_note_that_cannot_be_passed_on_yet_is_kept_with_the_reason_beside_it(
    manager, praise, headers
):
    said = praise("Thank you Mika and Leyla!")
    form = {"version": said.version, "note": "Robert is proud of you"}
    answer = manager.post(f"/manager/thanks/{said.pk}/pass-on/", form, headers=headers)
    page = answer.content.decode()
    said.refresh_from_db()
    assert (answer.status_code, said.version, said.passed_on_at) == (422, form["version"], None)
    assert page.count("Say first who is meant.") == 1
    below = page[page.index("Say first who is meant.") :]
    assert below.index("which one?") < below.index(">Robert is proud of you</textarea>")


def test_a_note_on_a_stale_page_is_kept_too(manager, praise):
    said = praise("Thank you Leyla!")
    tap(manager, said, "acknowledge")
    stale = {"version": 1, "note": "So good"}
    answer = manager.post(
        f"/manager/thanks/{said.pk}/pass-on/", stale, headers={"HX-Request": "true"}
    )
    said.refresh_from_db()
    assert answer.status_code == 409
    assert ">So good</textarea>" in answer.content.decode()
    assert f'name="version" value="{said.version}"' in answer.content.decode()


def test_nobody_of_another_hotel_is_meant(manager, praise, hotel):
    from staff.models import Person

    other = Property.objects.create(
        slug="o", name="O", text_number="+12025550101", telephone="+12025550198"
    )
    stranger = Person.objects.create(property=other, email="mika@o.example", first_name="Mika")
    said = praise("Thank you Mika!")
    answer = tap(manager, said, "pass-on", note="", **{"meant-0": stranger.pk})
    assert (answer.status_code, named(said)) == (422, [])


def test_names_are_marked_as_they_were_written(praise):
    said = praise("Ainno was lovely, and so was Leyla")
    told = stories.story_of(said)
    assert [row.person.first_name for row in told.people] == ["Aino", "Leyla"]
    assert told.words == "<mark>Ainno</mark> was lovely, and so was <mark>Leyla</mark>"


def test_a_promise_that_still_runs_is_not_called_missed(manager, text, person):
    from requests_app.actions.requests import reopen_request
    from tests.boards.conftest import as_it_is

    text(EMILY, "2 towels please")
    request = Request.objects.get()
    finish_request(as_it_is(request), by=person("housekeeping"), at=timezone.now())
    reopen_request(as_it_is(request), at=request.due_at + timedelta(minutes=1))
    page = manager.get("/manager/requests/?count=open").content.decode()
    assert '<span class="tag late">missed</span>' not in page
    assert "an earlier one missed" in page
