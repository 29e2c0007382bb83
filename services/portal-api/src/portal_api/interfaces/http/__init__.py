"""The web door of portal-api: sign-in, the customer's own reads, and records that stand parked."""
