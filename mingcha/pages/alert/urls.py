"""Addresses of one alert."""

from django.urls import path

from mingcha.pages.alert.views import act, alert, judgement

urlpatterns = [
    path("alerts/<int:pk>/", alert, name="alert"),
    path("alerts/<int:pk>/act/", act, name="alert-act"),
    path("alerts/<int:pk>/certificate/", judgement, name="alert-certificate"),
]
