"""Addresses that every list shares."""

from django.urls import path

from mingcha.pages.listing.views import save_view

urlpatterns = [
    path("views/", save_view, name="saved-view"),
]
