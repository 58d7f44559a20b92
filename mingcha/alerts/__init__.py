"""Alerts 预警与红牌: raised from findings, each change a row; when to look again; what a change of the law would do."""
