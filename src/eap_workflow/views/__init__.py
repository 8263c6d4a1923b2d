"""Answers about a request, drawn from its snapshot: pure, and of no consequence for it."""
