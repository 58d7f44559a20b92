"""Mingcha: electronic supervision of government services (政务服务电子监察)."""

__version__ = "0.1.0"
