"""Matters 督办整改: the list, one matter with its acts, supervision orders, the duty roster and log."""
