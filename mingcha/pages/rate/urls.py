"""Addresses of rating."""

from django.urls import path

from mingcha.pages.rate import views

urlpatterns = [
    path("w/<str:token>/", views.window, name="rate-window"),
    path("v/<str:token>/", views.visit, name="rate-visit"),
    path("<str:token>/", views.rate, name="rate"),
    path("<str:token>/contest/", views.contest, name="rate-contest"),
]
