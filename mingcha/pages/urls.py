"""Addresses of the pages: one line a folder."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # What is asked by many comes first; addresses at the root are tried one by one.
    path("rate/", include("mingcha.pages.rate.urls")),
    path("public/", include("mingcha.pages.public.urls")),
    path("intake/", include("mingcha.pages.intake.urls")),
    path("kiosk/", include("mingcha.pages.kiosk.urls")),
    path("evaluations/", include("mingcha.pages.evaluations.urls")),
    path("organisation/", include("mingcha.pages.organisation.urls")),
    path("accounts/", include("mingcha.pages.accounts.urls")),
    path("audit/", include("mingcha.pages.audit.urls")),
    path("rules/", include("mingcha.pages.rules.urls")),
    path("calendar/", include("mingcha.pages.calendar.urls")),
    path("catalogue/", include("mingcha.pages.catalogue.urls")),
    path("complaints/", include("mingcha.pages.complaints.urls")),
    path("disclosure/", include("mingcha.pages.disclosure.urls")),
    path("", include("mingcha.pages.overview.urls")),
    path("", include("mingcha.pages.live.urls")),
    path("", include("mingcha.pages.alert.urls")),
    path("", include("mingcha.pages.undetermined.urls")),
    path("", include("mingcha.pages.tasks.urls")),
    path("", include("mingcha.pages.cards.urls")),
    path("", include("mingcha.pages.inbox.urls")),
    path("", include("mingcha.pages.casework.urls")),
    path("", include("mingcha.pages.cases.urls")),
    path("", include("mingcha.pages.search.urls")),
    path("", include("mingcha.pages.wall.urls")),
    path("", include("mingcha.pages.listing.urls")),
    path("", include("mingcha.pages.login.urls")),
    path("", include("mingcha.pages.messages.urls")),
    path("", include("mingcha.pages.publishing.urls")),
    path("", include("mingcha.pages.differences.urls")),
]
