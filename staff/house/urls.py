from django.urls import URLPattern, path

from staff.house import cards

urlpatterns: list[URLPattern] = [
    path("house/rooms/cards/", cards.room_cards_page, name="room-cards"),
    path("house/rooms/cards.pdf", cards.room_cards_pdf, name="room-cards-pdf"),
]
