"""The terminal at a window 评价器: five faces, large, by touch; returns by itself."""
