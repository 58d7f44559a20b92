"""人工监察: tasks that rules hand to people; handed on, investigated, concluded, each on its own clock."""
