"""Addresses of 评价."""

from django.urls import path

from mingcha.pages.evaluations import codes, recording, views

urlpatterns = [
    path("overview/", views.overview, name="evaluations"),
    path("list/", views.ratings, name="evaluation-list"),
    path("ledger/", views.ledger, name="evaluation-ledger"),
    path("windows/", codes.windows, name="evaluation-windows"),
    path("windows/print/", codes.sheet, name="evaluation-codes"),
    path("new/", recording.record, name="evaluation-new"),
    path("look/<path:no>/", views.look, name="evaluation-look"),
    path("assign/<path:no>/", views.assign, name="evaluation-assign"),
    path("list/<path:no>/", views.rating, name="evaluation"),
]
