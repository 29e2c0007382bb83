"""The doors of portal-api."""
