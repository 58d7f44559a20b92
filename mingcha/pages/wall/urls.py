"""Addresses of 大屏."""

from django.urls import path

from mingcha.pages.wall.views import end, make, wall, walls

urlpatterns = [
    path("wall/<str:token>/", wall, name="wall"),
    path("walls/", walls, name="walls"),
    path("walls/make/", make, name="wall-make"),
    path("walls/<int:pk>/end/", end, name="wall-end"),
]
