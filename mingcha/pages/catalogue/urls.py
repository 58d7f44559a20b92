"""Addresses of 事项目录."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.catalogue import views

urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("<str:item_code>/<int:version>/", views.item, name="item"),
]
