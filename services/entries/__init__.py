"""A person's day: taking what they type, changing it, sending it."""
