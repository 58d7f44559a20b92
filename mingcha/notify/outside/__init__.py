"""What leaves the building 外发: mail, chat robots, webhooks; only to addresses that may be reached."""
