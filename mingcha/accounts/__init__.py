"""People: accounts, roles, and who may see and do what."""
