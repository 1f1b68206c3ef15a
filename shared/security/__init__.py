"""Who is asking, and how that is proved: passes for staff and keys, action links for everybody else."""
