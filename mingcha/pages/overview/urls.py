"""Addresses of 总览."""

from django.urls import path

from mingcha.pages.overview.views import home, overview

urlpatterns = [
    path("", home, name="home"),
    path("overview/", overview, name="overview"),
]
