"""Addresses of 登录 and of one's own account."""

from __future__ import annotations

from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from mingcha.accounts.policy import public
from mingcha.pages.login import own, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/code/", views.code, name="second-factor"),
    path("logout/", views.sign_out, name="logout"),
    path("oidc/<slug:provider_id>/", public(oidc.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/callback/", public(oidc.callback), name="openid_connect_callback"),
    path("own/", own.profile, name="profile"),
    path("own/password/", own.password, name="password"),
    path("own/code/", own.set_up, name="second-factor-setup"),
    path("own/code/remove/", own.take_away, name="second-factor-remove"),
    path("own/sessions/<int:pk>/end/", own.end_session, name="session-end"),
]
