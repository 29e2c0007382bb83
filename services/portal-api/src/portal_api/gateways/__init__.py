"""The outside of portal-api: its tables."""
