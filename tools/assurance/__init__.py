"""What is promised and takes too long for `make test`: `python -m tools.assurance PART`, one module a part.

A part is a module with `main(arguments) -> list[Figure]`: what was measured, what was found, what was promised, and whether it was kept.
`docs/guarantees.md` says which promise each part would see broken.
"""
