"""Casework 处理: explanation, rectification, appeal, supervision order, accountability, on one table of transitions."""
