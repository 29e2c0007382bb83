"""What happens: ordinary trade, oddities of the field, malformed events, faults of the wire."""
