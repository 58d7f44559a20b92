"""Backup and restore of an installation: its database, its files, and, apart from them, its keys."""
