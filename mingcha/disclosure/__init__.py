"""Disclosure 公示: what is published is opened region by region, counted once a month, and sealed with a digest."""
