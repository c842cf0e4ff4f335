from django.urls import path

from staff.manager import live, praise, views

ONE = "manager/thanks/<int:commendation_id>/"

urlpatterns = [
    path("manager/", views.manager, name="manager"),
    path("manager/numbers/", views.numbers, name="manager-numbers"),
    path("manager/requests/", views.counted_requests, name="manager-requests"),
    path("manager/thanks/", views.all_thanks, name="all-thanks"),
    path(ONE, praise.one, name="thanks"),
    path(ONE + "acknowledge/", praise.acknowledge, name="acknowledge"),
    path(ONE + "name/<int:place>/<int:person_id>/", praise.settle_name, name="settle-name"),
    path(ONE + "people/", praise.correct_people, name="correct-people"),
    path(ONE + "pass-on/", praise.pass_on, name="pass-on"),
    path("my/thanks/", praise.my_thanks, name="my-thanks"),
]

websocket_urlpatterns = [path("ws/manager/", live.manager_socket)]
