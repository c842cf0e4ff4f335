"""The boards, what is done from them, and their sockets."""

from __future__ import annotations

from django.urls import path

from staff.boards import acting, conversations, entering, pages, sockets

urlpatterns = [
    path("", pages.home, name="home"),
    path("boards/<slug:slug>/", pages.board, name="board"),
    path("search/", pages.search, name="search"),
    path("pictures/<int:pk>/", pages.picture, name="picture"),
    path("pictures/texts/<int:pk>/", pages.text_picture, name="text-picture"),
    path("pictures/texts/<int:pk>/again/", acting.fetch_again, name="fetch-again"),
    path("requests/new/", entering.new_request, name="new-request"),
    path("requests/new/reading/", entering.reading, name="new-request-reading"),
    path("requests/<int:pk>/", conversations.conversation, name="request"),
    path("requests/<int:pk>/thread/", conversations.thread, name="request-thread"),
    path("requests/<int:pk>/<slug:slug>/", acting.act, name="act"),
    path("messages/<int:pk>/send-again/", acting.send_again, name="send-again"),
]

websocket_urlpatterns = [path("ws/boards/<slug:slug>/", sockets.board_socket)]
