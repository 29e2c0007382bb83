"""The rules of portal-api: pure functions and frozen values."""
