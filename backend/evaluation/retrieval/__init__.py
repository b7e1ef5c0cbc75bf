"""Questions about the shipped knowledge, and passages of other subjects among which it has to be found."""
