"""Measurements for people, never assertions: what is fast enough depends on the machine."""
