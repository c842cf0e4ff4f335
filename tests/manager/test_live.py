import pytest
from django.utils import timezone

from requests_app import fragments, stories
from requests_app.actions.praise import acknowledge, commend
from requests_app.hub import Changes
from staff.manager import live
from staff.manager.live import ManagerView, view_of


@pytest.fixture(autouse=True)
def nothing_was_pushed_yet():
    live._numbers_at.clear()


@pytest.fixture
def view(hotel):
    return ManagerView(hotel.pk, "en")


@pytest.fixture
def said(hotel):
    return commend(hotel, words="Thank you Aino", at=timezone.now(), channel="web")


def test_only_managers_and_administrators_have_a_socket(person):
    expected = {"bell": None, "supervisor": None}
    for local in ("manager", "admin"):
        expected[local] = ManagerView(person(local).property_id, "en")
    assert {local: view_of(person(local), "") for local in expected} == expected


def test_the_pushed_story_is_byte_for_byte_in_the_page(view, said, signed_in):
    piece = fragments.story(stories.story_of(said), "en")
    frame, sequence = view.snapshot()
    change = view.changes(Changes(view.property_id, sequence - 1))
    page = signed_in("manager").get("/manager/").content.decode()
    assert piece in frame
    assert piece in change
    assert piece in page
    assert f'data-sequence="{sequence}"' in change


def test_reading_it_is_pushed_too(view, said, person):
    _frame, sequence = view.snapshot()
    acknowledge(said, by=person("manager"), at=timezone.now())
    change = view.changes(Changes(view.property_id, sequence))
    assert 'data-list="read"' in change
    assert f'data-after="{sequence}"' in change


def test_numbers_are_pushed_at_most_every_two_seconds(view, said):
    first = view.changes(Changes(view.property_id, 0))
    live._numbers_at[view.property_id, "en"] += 3600  # however slow this machine is
    soon = view.changes(Changes(view.property_id, 0))
    live._numbers_at[view.property_id, "en"] -= 3600 + live.NUMBERS_EVERY_SECONDS
    later = view.changes(Changes(view.property_id, 0))
    assert ['id="numbers"' in change for change in (first, soon, later)] == [True, False, True]
    assert ["data-numbers-later" in change for change in (first, soon, later)] == [
        False,
        True,
        False,
    ]


def test_each_reads_it_in_their_own_language(hotel, said):
    english, finnish = (ManagerView(hotel.pk, code).snapshot()[0] for code in ("en", "fi"))
    assert 'id="numbers"' in english
    assert 'id="numbers"' in finnish
