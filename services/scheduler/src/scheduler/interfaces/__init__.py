"""The doors: what the scheduler hears, is asked, and does unasked."""
