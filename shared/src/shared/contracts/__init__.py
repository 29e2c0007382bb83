"""The published language: one module per teller, frozen pydantic models, no behaviour."""
