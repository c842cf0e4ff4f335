"""What is said where there is nothing to show: to staff, and to strangers."""

from django.http import HttpRequest
from django.test import Client

from concierge.away import handler500


def test_an_address_that_leads_nowhere_is_a_calm_page_with_a_way_back(hotel, client, signed_in):
    stranger = client.get("/no/such/page/")
    assert stranger.status_code == 404
    page = stranger.content.decode()
    assert "This page is not here." in page
    assert 'href="/sign-in/"' in page
    assert "the code in their room" in page
    staff = signed_in("bell").get("/boards/no-such-desk/")
    assert staff.status_code == 404
    assert 'href="/">Back to the start</a>' in staff.content.decode()


def test_what_is_for_somebody_else_is_said_calmly(signed_in):
    refused = signed_in("bell").get("/manager/")
    assert refused.status_code == 403
    assert 'class="calm"' in refused.content.decode()
    assert 'href="/">Back to the start</a>' in refused.content.decode()


def test_a_form_without_its_token_is_answered_in_our_own_words(hotel):
    refused = Client(enforce_csrf_checks=True).post("/sign-in/", {})
    assert refused.status_code == 403
    assert "Please send it once more." in refused.content.decode()


def test_a_failure_of_ours_is_a_page_that_needs_nothing(db):
    address = HttpRequest()
    address.path, address.method = "/boards/bell/", "GET"
    failed = handler500(address)
    page = failed.content.decode()
    assert failed.status_code == 500
    assert "Something went wrong on our side." in page
    assert 'class="calm"' in page
    assert 'href="/boards/bell/">Try again</a>' in page
