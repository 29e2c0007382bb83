"""The doors of disputes over HTTP."""
