"""Bring a database to the newest shape: Alembic, one folder of migrations per service, one runner at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config

_HERE = Path(__file__).parent / "alembic"


def config_of(url: str, migrations: Path) -> Config:
    """Alembic's configuration for one service's folder."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str, migrations: Path) -> None:
    """Run what has not run yet. Blocking: call it before the loop starts or in a thread."""
    command.upgrade(config_of(url, migrations), "head")
