"""大屏: the numbers of a region on a wall of 1920x1080, by token, without login and without personal data."""
