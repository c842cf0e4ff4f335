from django.urls import URLPattern, path

from staff.house import cards, catalogue, clocks, rooms, settings, texts

urlpatterns: list[URLPattern] = [
    path("house/", rooms.rooms, name="house"),
    path("house/rooms/cards/", cards.room_cards_page, name="room-cards"),
    path("house/rooms/cards.pdf", cards.room_cards_pdf, name="room-cards-pdf"),
    path("house/rooms/<int:room_id>/", rooms.room, name="room"),
    path("house/rooms/<int:room_id>/check-in/", rooms.check_in, name="check-in"),
    path("house/rooms/<int:room_id>/token/", rooms.renew_token, name="renew-token"),
    path("house/stays/<int:stay_id>/", rooms.edit_stay, name="edit-stay"),
    path("house/stays/<int:stay_id>/check-out/", rooms.check_out, name="check-out"),
    path("house/stays/<int:stay_id>/move/", rooms.move, name="move-stay"),
    path("house/services/", catalogue.catalogue, name="catalogue"),
    path("house/services/new/", catalogue.add_service, name="add-service"),
    path("house/services/<int:service_id>/", catalogue.edit_service, name="edit-service"),
    path("house/times/", clocks.times, name="times"),
    path("house/hours/<slug:kind>/<int:pk>/", clocks.hours, name="hours"),
    path("house/warnings/", clocks.warnings, name="warnings"),
    path("house/warnings/new/", clocks.step, name="add-step"),
    path("house/warnings/try/", clocks.try_steps, name="try-steps"),
    path("house/warnings/drafts/on/", clocks.switch_drafts_on, name="switch-drafts-on"),
    path("house/warnings/<int:pk>/", clocks.step, name="edit-step"),
    path("house/warnings/<int:pk>/switch/", clocks.switch_step, name="switch-step"),
    path("house/warnings/<int:pk>/remove/", clocks.remove_step, name="remove-step"),
    path("house/duty/", clocks.duty, name="duty"),
    path("house/words/", catalogue.words, name="words"),
    path("house/words/<int:word_id>/forget/", catalogue.forget_word, name="forget-word"),
    path("house/texts/", texts.texts, name="texts"),
    path("house/texts/carriers/<slug:carrier>/try/", texts.try_now, name="try-carrier"),
    path("house/texts/<int:outgoing_id>/send-again/", texts.send_again, name="send-text-again"),
    path("house/settings/", settings.hotel_settings, name="hotel-settings"),
]
