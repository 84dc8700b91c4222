"""A person's SKP: what holds, what is proposed for it, and how it is agreed."""
