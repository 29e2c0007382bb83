"""A fake of Stripe for the local stack: as much of Checkout as the official library needs to take a payment."""
