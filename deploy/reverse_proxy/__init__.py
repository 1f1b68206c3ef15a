"""The reverse proxy of the real installation: nginx, told by the paths that the services declare."""
