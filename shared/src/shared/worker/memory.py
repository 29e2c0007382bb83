"""Memory: what a process holds once it has started it holds for ever, so nobody needs to look through it again."""

import gc

OBJECTS_BEFORE_A_LOOK = 10_000
"""New objects that may be part of a cycle, before the collector looks at the young ones. A slice makes tens of
thousands of them, hardly any in a cycle: looked for every 700, as Python does, they cost a seventh of its CPU.
"""
LOOKS_BEFORE_A_LONGER_ONE = 20


def settle() -> None:
    """Call it once everything is imported and built: the collector leaves all that alone, and looks less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_LOOK, LOOKS_BEFORE_A_LONGER_ONE, LOOKS_BEFORE_A_LONGER_ONE)
