"""The web service: read and submit, webhooks."""
