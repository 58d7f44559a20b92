"""Addresses of 规则目录."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.rules import views

urlpatterns = [
    path("", views.rules, name="rules"),
    path("coverage/", views.coverage, name="coverage"),
    path("<str:rule_id>/tests/", views.tests, name="rule-tests"),
    path("<str:rule_id>/", views.rule, name="rule"),
]
