"""The ERPs: their own naive books, the bodies of their events, and the wire to Kafka."""
