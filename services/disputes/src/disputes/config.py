"""The settings of disputes."""

from pathlib import Path

from shared.config import RuntimeSettings


class Settings(RuntimeSettings):
    """Read once, by `main.py`."""

    company_file: Path
    disputes_terms_file: Path = Path(__file__).parents[2] / "policies" / "disputes.yaml"
    """Whose errand each reason is, and how long it may take; validated whole at the start."""
