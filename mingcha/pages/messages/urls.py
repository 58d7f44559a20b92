"""Addresses."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.messages import calendar, machines, outside, views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/", views.opened, name="message"),
    path("messages/acknowledge/", views.acknowledge, name="messages-acknowledge"),
    path("messages/read/", views.read_everything, name="messages-read"),
    path("messages/outside/", outside.outside, name="messages-outside"),
    path("messages/outside/channel/", outside.add_channel, name="channel-add"),
    path("messages/outside/channel/<int:pk>/test/", outside.try_channel, name="channel-test"),
    path("messages/outside/channel/<int:pk>/end/", outside.end_channel, name="channel-end"),
    path("messages/outside/mute/", outside.mute, name="mute"),
    path("messages/outside/mute/<int:pk>/end/", outside.unmute, name="unmute"),
    path("messages/outside/calendar/", outside.make_link, name="calendar-link"),
    path("messages/outside/calendar/end/", outside.end_link, name="calendar-link-end"),
    path("messages/machines/", machines.machines, name="machines"),
    path("messages/machines/key/", machines.give_key, name="key-give"),
    path("messages/machines/key/<int:pk>/end/", machines.end_key, name="key-end"),
    path("messages/machines/hook/", machines.add_hook, name="hook-add"),
    path("messages/machines/hook/<int:pk>/test/", machines.try_hook, name="hook-test"),
    path("messages/machines/hook/<int:pk>/switch/", machines.switch_hook, name="hook-switch"),
    path("ics/<str:token>.ics", calendar.calendar, name="calendar-feed"),
]
