"""Four services with the same rooms."""
