"""The reverse proxy of a distributed installation: nginx, configured from the paths that the services declare."""
