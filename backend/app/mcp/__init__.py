"""The tools for other assistants, over the Model Context Protocol: the same registry, the same way of a call."""
