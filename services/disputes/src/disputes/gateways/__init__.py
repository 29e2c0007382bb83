"""The outside of disputes: its tables."""
