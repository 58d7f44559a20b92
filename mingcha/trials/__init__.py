"""Trials of rules (规则试验): the tests beside each rule, what-if runs on past cases, moved numbers."""
