"""Addresses of 发布."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.publishing import differences, views

urlpatterns = [
    path("publishing/", views.publications, name="publications"),
    path("publishing/pack/", views.new_pack, name="publish-pack"),
    path("publishing/year/", views.new_year, name="publish-year"),
    path("publishing/adoption/", views.adoption, name="adopt-packs"),
    path("publishing/pack/<str:pack_id>.zip", views.pack_zip, name="pack-zip"),
    path("publishing/<int:pk>/", views.publication, name="publication"),
    path("publishing/<int:pk>/approve/", views.approve, name="publication-approve"),
    path("publishing/<int:pk>/refuse/", views.refuse, name="publication-refuse"),
    path("publishing/<int:pk>/end/", views.end, name="publication-end"),
    path("differences/<int:pk>/", differences.difference, name="difference"),
    path("differences/<int:pk>/accept/", differences.accept, name="difference-accept"),
    path("differences/<int:pk>/set-aside/", differences.set_aside, name="difference-set-aside"),
]
