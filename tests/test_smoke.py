def test_a_text_becomes_requests(hotel, text):
    from tests.conftest import EMILY

    message = text(EMILY, "2 towels and a toothbrush please, and the AC is dripping")
    assert [(r.desk.slug, r.service.slug, r.quantity) for r in message.caused.order_by("pk")] == [
        ("housekeeping", "towels", 2),
        ("housekeeping", "dental-kit", 1),
        ("engineering", "air-conditioning", None),
    ]
