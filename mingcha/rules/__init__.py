"""Rules (监察规则): loading, validating, overlaying, testing and compiling them to SQL."""
