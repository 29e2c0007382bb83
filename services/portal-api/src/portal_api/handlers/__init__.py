"""What happens when: one file, one verb, one function."""
