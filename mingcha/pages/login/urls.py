"""Addresses of 登录 and of one's own account."""

from __future__ import annotations

from django.urls import path

from mingcha.accounts import oidc
from mingcha.pages.login import own, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/code/", views.code, name="second-factor"),
    path("logout/", views.sign_out, name="logout"),
    path("oidc/<slug:provider_id>/", oidc.begin, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/callback/", oidc.come_back, name="openid_connect_callback"),
    path("own/", own.profile, name="profile"),
    path("own/password/", own.password, name="password"),
    path("own/code/", own.set_up, name="second-factor-setup"),
    path("own/code/remove/", own.take_away, name="second-factor-remove"),
    path("own/sessions/<int:pk>/end/", own.end_session, name="session-end"),
]
