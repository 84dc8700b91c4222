"""Which group receives which unit's weekly summary, and what keeps it from arriving.

One row a chat and topic is in force (`unlinked_at` None). A row whose problem is `undecided` is a choice
still open: its maker showed, when they gave the command, that they administer the group, and says in private
which unit it is. A row is let go for good: a group that is linked again is a new one.

    /tautkan ──one unit, or its name──▶ in force ──/lepaskan──▶ let go
        └──────▶ undecided ──unit──────▶ in force
                     └──/lepaskan──▶ gone
"""

from services.groups.keeping import (
    GroupView,
    list_groups,
    may_keep,
    set_language,
    set_zone,
    show_group,
    unlink,
)
from services.groups.linking import (
    Change,
    Choice,
    Linked,
    Outcome,
    Place,
    choose_unit,
    link_here,
    load_change,
    load_choice,
    unit_called,
    unlink_here,
)
from services.groups.problems import (
    Event,
    Happening,
    Problem,
    Welcome,
    arrived,
    follow,
    met_problem,
    take_note,
)

__all__ = [
    "Change",
    "Choice",
    "Event",
    "GroupView",
    "Happening",
    "Linked",
    "Outcome",
    "Place",
    "Problem",
    "Welcome",
    "arrived",
    "choose_unit",
    "follow",
    "link_here",
    "list_groups",
    "load_change",
    "load_choice",
    "may_keep",
    "met_problem",
    "set_language",
    "set_zone",
    "show_group",
    "take_note",
    "unit_called",
    "unlink",
    "unlink_here",
]
