"""The pipes in the walls: mechanism without meaning, used by every service."""
