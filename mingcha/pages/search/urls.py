"""Address of 全站查找."""

from django.urls import path

from mingcha.pages.search.views import search

urlpatterns = [path("search/", search, name="search")]
