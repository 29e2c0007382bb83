"""Who is on stage: the company that is owed, and customers with their habits."""
