"""The settings of disputes: what every service has, and nothing of its own yet."""

from shared.config import RuntimeSettings


class Settings(RuntimeSettings):
    """Read once, by `main.py`."""
