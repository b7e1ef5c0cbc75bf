"""Labelled sets that the product's parts are measured on, and what checks the sets themselves."""
