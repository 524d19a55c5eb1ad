"""What came by the return page, in words; a loosened wish is only a question until it was asked by voice."""

from typing import Any

from app.domain.intake.opening import Opened
from app.web.desk import labels


def facts(opened: Opened) -> dict[str, Any]:
    news = opened.news
    return {
        "messages": [(one.at, labels.sentence(one.sentence), one.text) for one in news.messages],
        "loosened": [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked],
        "given": [(one.at, one.number.phone) for one in news.given],
    }
