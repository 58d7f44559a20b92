"""The running system: Django's settings, the table of addresses, the processes."""
