"""Addresses of the terminal."""

from django.urls import path

from mingcha.pages.kiosk import views

urlpatterns = [
    path("<str:token>/", views.kiosk, name="kiosk"),
    path("<str:token>/waiting/", views.waiting, name="kiosk-waiting"),
    path("<str:token>/thanks/", views.thanks, name="kiosk-thanks"),
]
