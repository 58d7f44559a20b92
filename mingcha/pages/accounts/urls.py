"""Addresses of 账号."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.accounts import acts, views

urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("new/", views.new, name="account-new"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/disable/", acts.disable, name="account-disable"),
    path("<int:pk>/enable/", acts.enable, name="account-enable"),
    path("<int:pk>/reset/", acts.reset, name="account-reset"),
    path("<int:pk>/grants/", acts.give, name="grant-give"),
    path("<int:pk>/grants/<int:grant>/end/", acts.end, name="grant-end"),
    path("<int:pk>/unlock/", acts.unlock, name="account-unlock"),
    path("<int:pk>/code/remove/", acts.take_code, name="account-code-remove"),
    path("<int:pk>/sessions/end/", acts.end_sessions, name="account-sessions-end"),
]
