"""The whole installation on one machine: four services in one web and one work process, with nothing installed."""
