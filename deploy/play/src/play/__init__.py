"""A believable book of business, played day by day against the local stack, and the report of it."""
