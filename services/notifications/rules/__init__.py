"""The decisions of notifications: a message's states, its promise, its moment, its channel and its words."""
