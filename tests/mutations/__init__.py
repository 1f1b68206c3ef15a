"""Faults that would hurt somebody, planted one by one to see whether the tests notice."""
