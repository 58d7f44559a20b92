"""总览: today against yesterday and last year, what is open, the trend, who ranks where, when work arrives."""
