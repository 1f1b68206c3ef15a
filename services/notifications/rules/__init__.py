"""The decisions of notifications: a message's life, its promise, its moment, its way and its words."""
