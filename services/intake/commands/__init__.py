"""What intake can be asked to do: one function a verb, one transaction each."""
