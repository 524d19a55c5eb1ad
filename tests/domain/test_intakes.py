"""Requests: sealed on arrival, told, opened, claimed once, taken back."""



from app.domain import intakes
from tests.bed.office import Office


def test_a_request_opens_for_who_holds_a_grant(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask("Marker Person", note="only for the call")

    with office.work(supervisor) as work:
        opened = intakes.open(work, reference)

    assert isinstance(opened, intakes.Opened)
    assert opened.answers.name == "Marker Person"
    assert opened.answers.note == "only for the call"
    assert opened.wishes.voicemail
    assert not opened.wishes.ask
    assert all(opened.answers.words)
