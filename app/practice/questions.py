"""The questions of the form that a client may skip: each is here once, and form, desk, practice file follow from it.

Every text is English and marked for the catalogs; it is translated where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogs."""
    return text


class QuestionKind(StrEnum):
    #: A few choices, all in view.
    RADIO = "radio"
    #: Choices in a list that opens.
    PICK = "pick"
    LINE = "line"
    EMAIL = "email"


@dataclass(frozen=True)
class Option:
    """One choice, as the client reads it; `desk` is how staff read it where that differs."""

    label: str
    desk: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `name` is the form's field, the key of the sealed answer, and the practice file's word for it."""

    name: str
    kind: QuestionKind
    label: str
    #: The desk's heading of the answer.
    heading: str
    help: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    #: Letters of a line at most.
    longest: int = 254
    #: Asked only where `optional_fields` of the practice names it.
    switched: bool = True


ABOUT = Question(
    name="about",
    kind=QuestionKind.RADIO,
    label=gettext_noop("What would you like help with?"),
    heading=gettext_noop("Help with"),
    options={
        "betrayed": Option(
            gettext_noop("Someone I love broke my trust"), gettext_noop("Somebody they love broke their trust")
        ),
        "betrayer": Option(gettext_noop("I broke someone's trust"), gettext_noop("They broke somebody's trust")),
        "couple": Option(gettext_noop("We want help as a couple"), gettext_noop("Help as a couple")),
        "self": Option(gettext_noop("My own use of porn or sex"), gettext_noop("Their own use of porn or sex")),
        "teen": Option(
            gettext_noop("My teen (I am a parent or guardian)"), gettext_noop("Their teen: a parent or guardian asks")
        ),
        "unsure": Option(
            gettext_noop("I am not sure, or I will say on the call"), gettext_noop("Not sure, or will say on the call")
        ),
    },
    switched=False,
)
#: The programs of the practice come before its one option.
PROGRAM = Question(
    name="program",
    kind=QuestionKind.RADIO,
    label=gettext_noop("Is there a program you had in mind?"),
    heading=gettext_noop("Program"),
    options={"unsure": Option(gettext_noop("I do not know yet"))},
)
#: Of its options, the practice offers those in `meet`, and the last.
MEET = Question(
    name="meet",
    kind=QuestionKind.RADIO,
    label=gettext_noop("Later on, how would you like to meet?"),
    heading=gettext_noop("Would meet"),
    options={
        "person": Option(gettext_noop("In person")),
        "video": Option(gettext_noop("By video")),
        "unsure": Option(gettext_noop("I am not sure"), gettext_noop("Not sure yet")),
    },
)
#: In the order of the page.
QUESTIONS = (
    ABOUT,
    PROGRAM,
    MEET,
    Question(
        name="pronouns",
        kind=QuestionKind.LINE,
        label=gettext_noop("How should we refer to you?"),
        heading=gettext_noop("Refer to them as"),
        help=gettext_noop("For example she, he or they."),
        longest=30,
    ),
    Question(
        name="email",
        kind=QuestionKind.EMAIL,
        label=gettext_noop("Email"),
        heading=gettext_noop("Email"),
        help=gettext_noop("Only if no one else reads it. A counselor will write “Please call us” and nothing more."),
    ),
)
