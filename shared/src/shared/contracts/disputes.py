"""What disputes tells. Its substance comes with a later release; the topic is reserved."""

TOPIC = "disputes.events.v1"
