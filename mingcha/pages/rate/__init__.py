"""The page on which a citizen rates: from a QR code, a link, or a window's printed code. No account, phone first."""
