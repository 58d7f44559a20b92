"""账号: made and disabled by the system administrator; roles given and taken by the security administrator."""
