"""规则目录: every rule with its article, settings, tests, coverage and precision; publishing of rules and calendars."""
