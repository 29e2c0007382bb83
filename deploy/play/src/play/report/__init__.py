"""What a person sees in the end: a table in the terminal and a page with pictures."""
