"""What the portal API tells. Its substance comes with a later release; the topic is reserved."""

TOPIC = "portal-api.events.v1"
