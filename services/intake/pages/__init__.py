"""Forms and HTML in, a command or query, a template out; no decisions."""
