"""The shape of what may come in over HTTP, one file a subject."""
