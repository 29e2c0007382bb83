"""A text message provider for the local stack, with the doors of Twilio's Messages API."""
