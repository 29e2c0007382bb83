"""What happens when: one verb, one file, one function."""
