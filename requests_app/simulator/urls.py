from django.urls import URLPattern, path

from requests_app.simulator import views

urlpatterns: list[URLPattern] = [
    path("simulator/", views.simulator, name="simulator"),
    path("simulator/threads/", views.threads, name="simulator-threads"),
    path("simulator/calls/<int:pk>/", views.call, name="simulator-call"),
    path("simulator/send/", views.send, name="simulator-send"),
]
