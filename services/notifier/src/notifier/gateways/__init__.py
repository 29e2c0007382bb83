"""The outside: tables, templates, mail and text providers."""
