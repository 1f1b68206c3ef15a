"""What notifications can be asked to do: one function a verb, in its own transaction or the caller's."""
