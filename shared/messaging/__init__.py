"""Publishing and consuming events: outbox, relay, inbox, consumer, feed, and the transports between them."""
