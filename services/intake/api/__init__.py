"""The JSON API of intake: signing somebody up, and following how they come to a group."""
