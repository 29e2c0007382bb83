"""What tests need: real servers, databases from a template, events that look real."""
