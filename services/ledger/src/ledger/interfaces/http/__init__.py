"""The web doors, one noun a file."""
