"""Days that are different: who is away or elsewhere, when a shift works, and who is excused."""
