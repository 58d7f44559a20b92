"""Messages in the product, who wants which of them, and what is muted."""
