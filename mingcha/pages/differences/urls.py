"""Address of the list 重算差异单; those of one are in `publishing`."""

from django.urls import path

from mingcha.pages.differences.views import differences

urlpatterns = [path("differences/", differences, name="differences")]
