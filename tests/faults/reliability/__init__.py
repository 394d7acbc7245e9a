"""Faults of everything that the workspace depends on, brought about for real, and what people saw meanwhile."""
