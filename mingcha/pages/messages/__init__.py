"""消息: one's messages, what of them goes outside, and how machines are told."""
