"""The rules of disputes: pure functions and frozen values."""
