"""What every part of the server stands on: settings, sealing of personal data, the audit chain, jobs, the outbox."""
