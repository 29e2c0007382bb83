"""A mail box for the local stack: takes every mail by SMTP, keeps it, and shows it to people and tests."""
