"""Readers of published figures who want to know a small count. Written from `docs/contracts.md` ("Protected table").

They share no code with `reporting.disclosure`, nor its solver: arithmetic is exact, in fractions, with a simplex
method of their own. What they are given is what everybody is given: answers in the contract's format, the threshold,
the method, and which periods make up which. `careless` holds designs that look safe and are not; each attacker must
find the hole in one of them, or it proves nothing about ours.
"""
