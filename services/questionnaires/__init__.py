"""Questionnaires: who is asked to fill in which list, and their answers, which only they see."""
