"""What a person may know and have of their data."""

from bot.context import Answer, Command, Feature, Turn
from bot.views.privacy import data_document, data_summary, privacy_notice
from services.people.privacy import everything_about


async def on_notice(turn: Turn, arguments: str) -> Answer:
    """`/privasi`: the notice that was shown at the start."""
    settings = turn.deps.settings
    shown = privacy_notice(turn.t, organization=settings.organization, contact=settings.privacy_contact)
    return Answer(screens=(shown,))


async def on_data(turn: Turn, arguments: str) -> Answer:
    """`/dataku`: everything stored about the person, in short and as a file."""
    data = await everything_about(turn.session, turn.actor.person_id)
    summary = data_summary(turn.t, data, zone=turn.actor.zone)
    return Answer(screens=(summary,), document=data_document(data))


FEATURE = Feature(
    name="privacy",
    commands=(
        Command("dataku", on_data),
        Command("privasi", on_notice, open_to_strangers=True),
    ),
)
