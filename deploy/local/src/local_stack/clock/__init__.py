"""The movable clock of the local stack: it knows when everything is at rest, and moves only then."""
