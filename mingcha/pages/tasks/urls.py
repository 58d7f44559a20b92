"""Addresses of 人工监察."""

from django.urls import path

from mingcha.pages.tasks.views import act, batch, task, tasks

urlpatterns = [
    path("tasks/", tasks, name="tasks"),
    path("tasks/batch/", batch, name="tasks-batch"),
    path("tasks/<int:pk>/", task, name="task"),
    path("tasks/<int:pk>/act/", act, name="task-act"),
]
