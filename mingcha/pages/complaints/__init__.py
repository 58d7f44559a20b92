"""投诉线索: the list, one complaint with its acts, and the form by which staff and social supervisors register."""
