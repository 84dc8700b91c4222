"""Weekly summaries: what a person, a supervisor or a unit's group is told of a week, from the record."""
