"""When to speak, and why not: pure rules over facts, a policy and a moment."""
