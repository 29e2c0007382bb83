"""The parts of the portal, each made whole from its settings: its doors, and what it does unasked."""
