"""Demonstration data: Mường Kim as the press described it, with people nobody knows.

``story`` holds what the data must add up to; ``people``, ``offices``, ``organisations``,
``visits`` and ``months`` invent records that do; ``storing`` and ``writing`` keep them;
``loading`` is the way through.
Nothing here is counted: every figure comes from ``reports``, out of the records.
"""
