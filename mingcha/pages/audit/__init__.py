"""审计: who did what, searched; whether the chain is sound."""
