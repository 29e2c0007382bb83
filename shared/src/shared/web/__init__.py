"""The web door every service has: application, problems, staff, commands, pages, health."""
