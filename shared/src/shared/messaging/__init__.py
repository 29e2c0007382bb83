"""Events in and out: CloudEvents on Kafka, slices, parking, the relay of the outbox."""
