"""A dozen people who do not exist, for the demonstration practice: 555-01xx numbers, nobody's story."""

from dataclasses import dataclass
from datetime import timedelta

from app.domain.intake.answers import Answers, Wishes

_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True)
class Fictional:
    """One request: how long ago it came, and what became of it ("claimed", "taken back", or nothing yet)."""

    ago: timedelta
    language: str
    answers: Answers
    wishes: Wishes
    became: str = "waiting"


def _when(*parts: str, days: tuple[str, ...] = _WORKDAYS) -> tuple[str, ...]:
    return tuple(f"{day}-{part}" for day in days for part in parts)


#: The dozen, oldest first.
REQUESTS = (
    Fictional(
        timedelta(days=3, hours=4), "en",
        Answers("Rowan", "AZ", "+16025550101", about="betrayed", note="I found messages last week. I would like to talk to someone who has heard this before."),
        Wishes("call", voicemail=True, when=_when("am"), zone="America/Phoenix"),
        "claimed",
    ),
    Fictional(
        timedelta(days=2, hours=20), "en",
        Answers("Sam", "TX", "+12145550102", about="couple", note="We both want this call. Evenings are best."),
        Wishes("call", voicemail=True, say_practice=True, when=_when("eve"), zone="America/Chicago"),
        "claimed",
    ),
    Fictional(
        timedelta(days=2, hours=3), "en",
        Answers("Quinn", "AZ", about="self"),
        Wishes("icall"),
    ),
    Fictional(
        timedelta(days=1, hours=22), "es",
        Answers("Lucía", "AZ", "+14805550103", about="betrayed", language="es", note="Prefiero hablar por la mañana, cuando estoy sola en casa."),
        Wishes("call", when=_when("am", days=("tue", "thu")), zone="America/Phoenix"),
    ),
    Fictional(
        timedelta(days=1, hours=6), "en",
        Answers("Alex", "CA", "+14155550104", about="betrayer", note="I have not told anyone yet."),
        Wishes("call", text=True, when=_when("pm", "eve"), zone="America/Los_Angeles"),
        "taken back",
    ),
    Fictional(
        timedelta(days=1, hours=2), "en",
        Answers("Jordan", "AZ", "+16025550105", about="teen", program="band-of-brothers", note="I am asking for my son. He knows that I am asking."),
        Wishes("call", voicemail=True, ask=True, when=_when("pm"), zone="America/Phoenix"),
        "claimed",
    ),
    Fictional(
        timedelta(hours=20), "en",
        Answers("Casey", "AZ", "+15205550106", about="self", program="tribe", note="I live in a dorm and share a room."),
        Wishes("call", text=True, when=_when("am", "pm", days=("mon", "wed", "fri")), zone="America/Phoenix"),
    ),
    Fictional(
        timedelta(hours=16), "es",
        Answers("Mateo", "TX", "+17135550107", about="betrayer", language="es"),
        Wishes("call", voicemail=True, when=_when("eve"), zone="America/Chicago"),
    ),
    Fictional(
        timedelta(hours=9), "en",
        Answers("Robin", "NM", "+15055550108", about="unsure"),
        Wishes("call", when=_when("am", "pm", "eve", days=("sat", "sun")), zone="America/Denver"),
    ),
    Fictional(
        timedelta(hours=5), "en",
        Answers("Taylor", "AZ", about="betrayed", note="I will call from a phone at work."),
        Wishes("icall"),
    ),
    Fictional(
        timedelta(hours=2, minutes=10), "en",
        Answers("Morgan", "XX", "+442079460000", phone_doubtful=True, about="couple"),
        Wishes("call", when=_when("am"), zone="Europe/London"),
    ),
    Fictional(
        timedelta(minutes=25), "en",
        Answers("Jamie", "AZ", "+16025550109", about="betrayed", note="Please do not call when the number shows your name."),
        Wishes("call", voicemail=False, when=_when("am", "pm"), zone="America/Phoenix"),
    ),
)  # fmt: skip
