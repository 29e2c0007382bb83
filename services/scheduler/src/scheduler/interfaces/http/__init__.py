"""What can be asked of the scheduler."""
