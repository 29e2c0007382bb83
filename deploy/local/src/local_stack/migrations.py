"""`python -m local_stack.migrations <package>=<database url> …`: migrate several services in one process.

Each does what `python -m <package>.main migrate` does; together they load the libraries once.
"""

import os
import runpy
import sys


def migrate(package: str, database_url: str) -> None:
    """Run the service's own command; raises SystemExit when it fails."""
    os.environ["DATABASE_URL"] = database_url
    sys.argv = [package, "migrate"]

    try:
        runpy.run_module(f"{package}.main", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    for service in sys.argv[1:]:
        migrate(*service.split("=", 1))
