"""The outside of the scheduler: its tables and its policy files."""
