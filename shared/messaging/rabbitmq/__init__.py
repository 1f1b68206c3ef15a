"""The fast transport: RabbitMQ. It may lose everything, because the log of each publisher loses nothing."""
