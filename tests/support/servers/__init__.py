"""The broker and the database that tests and a bare Debian machine use: found, installed, or started privately."""
