"""A stand-in for a scanner, for one's own machine and for tests: it knows the EICAR test file and nothing else.

It protects nobody. Where papers come from outside, `DISPUTES_SCANNER` names a clamd.
"""

from typing_extensions import override

from disputes.domain.paper import Scan
from disputes.gateways.scanner import Scanner, Verdict

EICAR = rb"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X"[::-1]
"""Backwards, so that no scanner takes this file for the test file."""


class StandInScanner(Scanner):
    @override
    async def scan(self, content: bytes) -> Verdict:
        """Infected when the test file is anywhere in it, as it stands."""
        if EICAR in content:
            return Verdict(Scan.INFECTED, "stand-in: EICAR test file")
        return Verdict(Scan.CLEAN, "stand-in: looked for nothing but the EICAR test file")
