"""The doors: what is heard, what can be asked, what is done unasked."""
