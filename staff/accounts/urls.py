from django.urls import URLPattern, path

from staff.accounts import people, views

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="change-password"),
    path("house/people/", people.people, name="people"),
    path("house/people/new/", people.add_person, name="add-person"),
    path("house/people/<int:person_id>/", people.edit_person, name="edit-person"),
    path("house/people/<int:person_id>/password/", people.reset_password, name="reset-password"),
]
