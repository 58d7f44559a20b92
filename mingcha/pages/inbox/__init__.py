"""The inbox 待办 of one person: what waits for them, by working time left, with one key for one act."""
