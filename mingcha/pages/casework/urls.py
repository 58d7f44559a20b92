"""Addresses of 督办整改."""

from django.urls import path

from mingcha.pages.casework import duty, opening, orders, views

urlpatterns = [
    path("casework/", views.matters, name="matters"),
    path("casework/<int:pk>/", views.matter, name="matter"),
    path("casework/<int:pk>/act/", views.act, name="matter-act"),
    path("casework/<int:pk>/paper/", orders.paper, name="order-paper"),
    path("casework/proofs/<int:pk>/", views.proof, name="matter-proof"),
    path("casework/about/<int:pk>/", opening.begin_about, name="matter-about"),
    path("casework/orders/new/", orders.new, name="order-new"),
    path("duty/", duty.roster, name="duty"),
    path("duty/set/", duty.put, name="duty-set"),
    path("duty/end/", duty.end, name="duty-end"),
    path("duty/log/", duty.log, name="duty-log"),
    path("duty/log/write/", duty.write, name="duty-log-write"),
]
