"""Addresses of the inbox."""

from django.urls import path

from mingcha.pages.inbox.views import batch, inbox

urlpatterns = [
    path("inbox/", inbox, name="inbox"),
    path("inbox/batch/", batch, name="inbox-batch"),
]
