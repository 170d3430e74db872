"""Traces and findings as files for other programs."""
