"""The front door of the real town: nginx, told by the paths that the services declare."""
