"""The ledger's tables: bulk load, bulk save, reports. No business rules."""
