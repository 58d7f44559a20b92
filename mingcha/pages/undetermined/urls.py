"""Address of 不可判定."""

from django.urls import path

from mingcha.pages.undetermined.views import undetermined

urlpatterns = [path("undetermined/", undetermined, name="undetermined")]
