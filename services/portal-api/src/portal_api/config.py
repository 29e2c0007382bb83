"""The settings of the portal API: what every service has, and nothing of its own yet."""

from shared.config import RuntimeSettings


class Settings(RuntimeSettings):
    """Read once, by `main.py`."""
