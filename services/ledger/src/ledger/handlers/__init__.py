"""What happens when: one file, one verb, one function on the books of a slice."""
