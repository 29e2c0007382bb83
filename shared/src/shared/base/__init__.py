"""Pure values every room may use: clock, days, errors, ids, money. The only room of shared that a domain may import."""
