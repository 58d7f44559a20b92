"""Addresses of 人工录入 and of evidence."""

from django.urls import path

from mingcha.pages.cards.files import add, download
from mingcha.pages.cards.views import new, preview

urlpatterns = [
    path("cards/new/", new, name="card-new"),
    path("cards/preview/", preview, name="card-preview"),
    path("cards/evidence/<int:pk>/", download, name="evidence"),
    path("cards/evidence/of/<int:pk>/", add, name="evidence-add"),
]
