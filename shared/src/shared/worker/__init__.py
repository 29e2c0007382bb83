"""What keeps a service alive: its tasks, its jobs, its way to stop."""
