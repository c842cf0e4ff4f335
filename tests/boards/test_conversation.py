"""The conversation beside a card: everything said, what became of it, and who the guest is."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.db.models import Q

from requests_app import queries
from requests_app.actions import delivery, requests, talking
from requests_app.models import Message, Outgoing, Photo, Request
from tests.conftest import AYSE, EMILY, STRANGER

SCRIPT = {"HX-Request": "true"}


def test_everything_a_guest_said_is_one_thread(text, asked, signed_in, person, now):
    request = text(AYSE, "3 havlu lütfen").caused.get()
    talking.note_request(request, by=person("housekeeping"), at=now, text="Extra soft ones")
    talking.reply_to_guest(request, by=person("housekeeping"), at=now, text="Hemen!")
    other = asked("iron", "412")
    page = signed_in("front-desk").get(f"/requests/{other.pk}/").content.decode()
    said = ["3 havlu lütfen", "sent by itself", "Extra soft ones", "Hemen!"]
    assert [words for words in said if words not in page] == []
    assert "Also open for this guest" in page
    assert "Diabetic: sugar-free, bread first" in page
    assert "+12025550112" in page


def test_a_note_is_set_apart_and_named_for_those_who_listen(text, signed_in, person, now):
    request = text(EMILY, "2 towels please").caused.get()
    talking.note_request(request, by=person("housekeeping"), at=now, text="Knock twice")
    page = signed_in("bell").get(f"/requests/{request.pk}/thread/").content.decode()
    assert '<li class="say note">' in page
    assert "Internal note, guests never see it:" in page


def test_what_became_of_a_reply_is_said(text, signed_in, now):
    request = text(EMILY, "2 towels please").caused.get()
    client, thread = signed_in("bell"), f"/requests/{request.pk}/thread/"
    assert "waiting" in client.get(thread).content.decode()
    outgoing = Outgoing.objects.get(message__request=request)
    delivery.sent(outgoing, external_id="SM1", at=now)
    delivery.delivery_report(external_id="SM1", state="delivered")
    assert '<span class="delivery">delivered</span>' in client.get(thread).content.decode()


def test_a_reply_that_failed_says_why_and_can_be_sent_again(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    outgoing = Outgoing.objects.get(message__request=request)
    delivery.park(outgoing, reason="Unreachable handset", code="30003")
    page = signed_in("bell").get(f"/requests/{request.pk}/thread/").content.decode()
    assert "failed: Unreachable handset" in page
    assert f'formaction="/messages/{outgoing.message_id}/send-again/"' in page


def test_a_thread_that_is_as_it_was_is_not_sent_again(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    client, thread = signed_in("bell"), f"/requests/{request.pk}/thread/"
    first = client.get(thread)
    again = client.get(thread, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    text(EMILY, "thank you")
    fresh = client.get(thread, headers={"If-None-Match": first["ETag"]})
    assert (fresh.status_code, "thank you" in fresh.content.decode()) == (200, True)


def test_the_reply_box_says_in_which_language_the_guest_writes(text, signed_in):
    request = text(AYSE, "3 havlu lütfen").caused.get()
    piece = signed_in("housekeeping").get(f"/requests/{request.pk}/", headers=SCRIPT)
    assert "the guest writes in Turkish" in piece.content.decode()
    assert "<!doctype html>" not in piece.content.decode()


def test_who_said_stop_cannot_be_replied_to(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    text(EMILY, "STOP")
    page = signed_in("housekeeping").get(f"/requests/{request.pk}/").content.decode()
    assert "This guest asked for no more texts." in page
    assert "<textarea" not in page


def test_the_history_is_told_in_words(asked, signed_in, desk, person, now):
    request = asked("towels", "412")
    aino = person("housekeeping")
    requests.accept_request(request, by=aino, at=now)
    requests.transfer_request(request, to=desk("bell"), by=aino, at=now, reason="They are near")
    page = signed_in("bell").get(f"/requests/{request.pk}/thread/").content.decode()
    assert "Handed over to Bell desk: They are near" in page
    assert "Aino L." in page


def test_html_in_a_guests_words_is_shown_and_not_obeyed(text, signed_in):
    request = text(EMILY, "<script>alert(1)</script> 2 towels").caused.first()
    page = signed_in("bell").get(f"/requests/{request.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 2 towels" in page


def test_pictures_are_shown_to_this_hotel_only(
    asked, elsewhere, signed_in, now, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    request = asked("plumbing", "412")
    ours, theirs = (
        Photo.objects.create(
            property_id=r.property_id, request=r, width=1, height=1, at=now,
            file=ContentFile(b"jpeg", name="a.jpg"),
        )
        for r in (request, elsewhere)
    )  # fmt: skip
    client = signed_in("bell")
    assert f'src="/pictures/{ours.pk}/"' in client.get(f"/requests/{request.pk}/").content.decode()
    shown = client.get(f"/pictures/{ours.pk}/")
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, b"jpeg")
    assert client.get(f"/pictures/{theirs.pk}/").status_code == 404
    assert client.get(f"/requests/{elsewhere.pk}/").status_code == 404
    assert client.get(f"/requests/{elsewhere.pk}/thread/").status_code == 404


def test_a_reply_at_the_counter_is_kept_for_the_record(asked, signed_in):
    request = asked("towels", "412")
    client = signed_in("housekeeping")
    form = {"text": "Told on the telephone: ten minutes", "submission": uuid4()}
    client.post(f"/requests/{request.pk}/reply/", form, headers=SCRIPT)
    said = Message.objects.get(request=request)
    assert (said.body, said.channel) == ("Told on the telephone: ten minutes", "counter")
    assert Outgoing.objects.count() == 0


def test_a_reply_that_waits_says_so_and_when_it_goes(text, signed_in, hotel):
    text(EMILY, "2 towels please")
    request = text(EMILY, "an iron please").caused.get()
    page = signed_in("bell").get(f"/requests/{request.pk}/thread/").content.decode()
    due = hotel.local(Outgoing.objects.latest("due_at").due_at)
    assert f"waiting, goes at {due:%H:%M}" in page
    assert page.count("sent by itself") == 1


def test_a_text_of_the_simulator_is_called_a_text(signed_in, client, hotel):
    client.post("/simulator/send/", {"number": EMILY, "body": "2 towels please"})
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    assert "· text" in page
    assert "simulator" not in page


def test_a_conversation_has_what_was_said_by_its_stay_number_or_browser_and_no_more(
    text, asked, person, now
):
    of_stay = text(AYSE, "3 havlu lütfen").caused.get()
    text(EMILY, "2 towels please")  # somebody else's
    of_number = text(STRANGER, "2 pillows please") and Request.objects.get(kind="unknown_guest")
    text(STRANGER, "and an iron")
    scanned = asked("iron", "110")
    Request.objects.filter(pk=scanned.pk).update(browser="b" * 43)
    for browser, words in [("b" * 43, "By the door"), ("c" * 43, "Not yours"), ("", "Nobody's")]:
        Message.objects.create(
            property=scanned.property, browser=browser, direction="in", channel="web",
            body=words, at=now,
        )  # fmt: skip
    scanned.refresh_from_db()
    talking.note_request(of_stay, by=person("housekeeping"), at=now, text="Extra soft ones")
    whose = {
        of_stay: Q(stay=of_stay.stay),
        of_number: Q(contact=of_number.contact, stay=None),
        scanned: Q(browser="b" * 43),
    }
    for request, theirs in whose.items():
        wanted = Message.objects.filter(theirs | Q(request=request) | Q(pk=request.cause_id or 0))
        assert wanted.exists()
        assert list(queries.conversation(request)) == list(wanted.order_by("at", "pk")), request
    assert [m.body for m in queries.conversation(scanned)] == ["By the door"]


def test_a_request_from_another_hotel_shows_nothing_of_this_one(elsewhere, text):
    message = text(EMILY, "2 towels please")
    Request.objects.filter(pk=elsewhere.pk).update(cause=message)
    elsewhere.refresh_from_db()
    assert list(queries.conversation(elsewhere)) == []
