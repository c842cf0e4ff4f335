from django.urls import path, re_path

from requests_app.guest import live, views

urlpatterns = [
    path("r/<str:token>/", views.room, name="guest-room"),
    path("r/<str:token>/photo/<int:pk>/", views.photo, name="guest-photo"),
    re_path(
        rf"^r/(?P<token>[^/]+)/requests/(?P<pk>\d{{1,18}})/(?P<name>{'|'.join(views.MOVES)})/$",
        views.move,
        name="guest-move",
    ),
    path("r/<str:token>/<slug:slug>/", views.service, name="guest-service"),
]

websocket_urlpatterns = [
    path("ws/r/<str:token>/", live.guest_socket),  # type: ignore[arg-type]
]
