from django.urls import URLPattern, path

from staff.accounts import alerts, people, views

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="change-password"),
    path("alerts-worker.js", alerts.worker, name="alerts-worker"),
    path("account/alerts/on/", alerts.switch_on, name="alerts-on"),
    path("account/alerts/off/", alerts.switch_off, name="alerts-off"),
    path("account/alerts/try/", alerts.try_out, name="alerts-try"),
    path("house/people/", people.people, name="people"),
    path("house/people/new/", people.add_person, name="add-person"),
    path("house/people/<int:person_id>/", people.edit_person, name="edit-person"),
    path("house/people/<int:person_id>/password/", people.reset_password, name="reset-password"),
]
