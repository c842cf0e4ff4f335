"""/metrics tells how busy a hotel is: not everybody who reaches the port may know."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.2.3.4", None, 200),
        ("192.168.1.9", None, 200),
        ("nowhere", None, 403),
        ("8.8.8.8", None, 403),
        ("", None, 403),
        ("127.0.0.1", "8.8.8.8", 403),  # a visitor, through the proxy beside us
        ("127.0.0.1", "10.0.0.1, 8.8.8.8", 403),  # who wrote the first one
        ("127.0.0.1", "8.8.8.8, 10.0.0.1", 200),
        ("8.8.8.8", "127.0.0.1", 403),  # past the proxy, claiming to be of it
    ],
)
def test_without_a_token_only_private_addresses_read_it(db, address, forwarded, status):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = Client(REMOTE_ADDR=address, headers=headers).get("/metrics")
    assert answer.status_code == status
    assert (b"# HELP" in answer.content) is (status == 200)


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer s3cret", 200), ("Bearer s3cre", 403), ("Bearer ", 403), (None, 403), ("ü", 403)],
)
def test_with_a_token_it_is_the_token_that_counts(db, settings, given, status):
    settings.METRICS_TOKEN = "s3cret"
    headers = {"Authorization": given} if given else {}
    local, far = Client(headers=headers), Client(headers=headers, REMOTE_ADDR="8.8.8.8")
    assert [client.get("/metrics").status_code for client in (local, far)] == [status, status]
