"""The ledger's doors: what it hears, what it answers, what it does on its own."""
