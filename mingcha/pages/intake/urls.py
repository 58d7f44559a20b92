"""Addresses of 数据报送."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.intake import batches, center, enter, register, upload
from mingcha.pages.intake.feeds import enter_feed, remove_feed, source_feeds, try_feed
from mingcha.pages.intake.out import out, take

urlpatterns = [
    path("", center.center, name="intake"),
    path("sources/new/", register.register, name="intake-register"),
    path("sources/<str:code>/", center.source, name="intake-source"),
    path("sources/<str:code>/change/", register.change, name="intake-change"),
    path("sources/<str:code>/feeds/", source_feeds, name="intake-feeds"),
    path("sources/<str:code>/feeds/<str:kind>/", enter_feed, name="intake-feed"),
    path("sources/<str:code>/feeds/<str:kind>/remove/", remove_feed, name="intake-feed-remove"),
    path("sources/<str:code>/feeds/<str:kind>/try/", try_feed, name="intake-feed-try"),
    path("sources/<str:code>/keeper/", register.keeper, name="intake-keeper"),
    path("sources/<str:code>/key/", register.key, name="intake-key"),
    path("sources/<str:code>/nil/", upload.nil, name="intake-nil"),
    path("batches/", batches.batches, name="intake-batches"),
    path("batches/<str:receipt>/", batches.batch, name="intake-batch"),
    path("batches/<str:receipt>/errors/", batches.book, name="intake-book"),
    path("batches/<str:receipt>/review/", batches.review, name="intake-review"),
    path("batches/<str:receipt>/held/", batches.held, name="intake-held"),
    path("refusals/", batches.refusals, name="intake-refusals"),
    path("refusals/<int:pk>/", batches.refusal, name="intake-refusal"),
    path("refusals/<int:pk>/settle/", batches.settle, name="intake-settle"),
    path("upload/", upload.upload, name="intake-upload"),
    path("templates/", upload.templates, name="intake-templates"),
    path("templates/<str:table>.<str:form>", upload.template, name="intake-template"),
    path("enter/", enter.choose, name="intake-enter"),
    path("enter/<str:table>/", enter.enter, name="intake-enter-row"),
    path("out/", out, name="intake-out"),
    path("out/<str:what>/", take, name="intake-take"),
]
