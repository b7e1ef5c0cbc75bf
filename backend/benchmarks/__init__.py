"""What the product costs in time and memory, beside a floor and beside others. `make bench` runs all of it.

A module whose name begins with no underscore is one benchmark: `python -m benchmarks.NAME`, or `make bench ONLY=NAME`.
"""
