"""The fast courier: RabbitMQ. It may lose everything, because the log of each publisher loses nothing."""
