"""What can be asked of the notifier."""
