"""Who may see what at the desk, and that no form can be sent from elsewhere. Walks over every route there is."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule

from app.web import guard
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat

SUPERVISORS_ONLY = ["/desk/team", "/desk/recovery-sheet", "/desk/called/card", "/desk/audit", "/desk/figures"]


def routes(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Yield endpoint and path of every desk route, with something in the place of what varies."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and method in (rule.methods or ()):
            yield rule.endpoint, _path(app, rule)


def _path(app: Flask, rule: Rule) -> str:
    kinds: dict[str, Any] = {
        "account_id": uuid4(),
        "passkey_id": uuid4(),
        "shift_id": uuid4(),
        "reference": "K7QF-3MDX",
        "token": "no-such-link",
    }
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: kinds[name] for name in rule.arguments})


def test_a_stranger_who_looks_is_led_to_sign_in(app: Flask, supervisor: Person, seat: Seat) -> None:
    """V-06, V-24."""
    walked = 0
    for endpoint, path in routes(app, "GET"):
        answer = seat.look(path)
        if endpoint in guard.QUIET:
            assert answer.status == 401, path
        elif endpoint not in guard.LEADS_IN:
            assert (answer.status, answer.leads_to) == (303, f"/desk/sign-in?next={path}"), path
            walked += 1
    assert walked >= 7


def test_a_stranger_who_sends_something_is_refused(app: Flask, supervisor: Person, seat: Seat) -> None:
    """V-06, V-24."""
    walked = 0
    for endpoint, path in routes(app, "POST"):
        if endpoint not in guard.LEADS_IN:
            assert seat.post(path, {}).status == 401, path
            walked += 1
    assert walked >= 11


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_no_form_works_without_the_token_of_its_session(
    app: Flask, supervisor: Person, sit: Sit, token: str | None
) -> None:
    """V-42."""
    seat = sit(supervisor)
    data = {} if token is None else {"csrf_token": token}
    walked = 0
    for endpoint, path in routes(app, "POST"):
        if endpoint not in guard.LEADS_IN:
            assert seat.post(path, data).status == 403, path
            walked += 1
    assert walked >= 11


def test_the_token_of_one_session_does_not_work_in_another(supervisor: Person, counselor: Person, sit: Sit) -> None:
    """V-42."""
    page = sit(supervisor).look("/desk/account")

    assert sit(counselor).send("/desk/sign-out", page).status == 403


def test_a_form_sent_by_another_site_is_refused(supervisor: Person, sit: Sit) -> None:
    """V-42."""
    seat = sit(supervisor)
    form = seat.look("/desk/account").form("/desk/sign-out")

    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert seat.client.post(form.action, data=form.fields, headers=header).status_code == 403
    assert seat.look("/desk/").status == 200


def test_an_unknown_field_is_refused_everywhere(app: Flask, supervisor: Person, sit: Sit) -> None:
    """V-26, V-37."""
    seat = sit(supervisor)
    token = seat.look("/desk/account").form("/desk/sign-out").fields["csrf_token"]
    for endpoint, path in routes(app, "POST"):
        if endpoint not in guard.LEADS_IN:
            assert seat.post(path, {"csrf_token": token, "standing": "active"}).status == 400, path


def test_looking_never_changes_what_only_sending_may(app: Flask, supervisor: Person, sit: Sit) -> None:
    """V-42."""
    seat = sit(supervisor)
    looks = {path for _, path in routes(app, "GET")}
    for _, path in routes(app, "POST"):
        if path not in looks:
            assert seat.look(path).status in (404, 405), path


def test_a_page_that_nobody_named_answers_nobody(app: Flask, office: Office, supervisor: Person, sit: Sit) -> None:
    """V-24: deny by default."""
    later = Blueprint("later", __name__, url_prefix="/desk")
    later.add_url_rule("/later/on", "show", lambda: "shown", methods=["GET", "POST"])
    app.register_blueprint(later)
    newcomer = office.join("ada@example.org")

    stranger = Seat(app.test_client())
    assert stranger.look("/desk/later/on").leads_to == "/desk/sign-in?next=/desk/later/on"
    assert stranger.post("/desk/later/on", {}).status == 401
    assert sit(newcomer).look("/desk/later/on").leads_to == "/desk/words"
    here = sit(supervisor)
    for answer in (here.look("/desk/later/on"), here.post("/desk/later/on", {})):
        assert (answer.status, answer.html) == (404, here.look("/desk/no-such-page").html)


def test_a_newcomer_sees_nothing_but_their_words(app: Flask, office: Office, supervisor: Person, sit: Sit) -> None:
    seat = sit(office.join("ada@example.org"))
    for endpoint, path in routes(app, "GET"):
        if endpoint not in guard.LEADS_IN and endpoint not in guard.PENDING:
            answer = seat.look(path)
            assert (answer.status, answer.leads_to) == (303, "/desk/words"), path

    page = seat.look("/desk/words")

    assert page.status == 200
    assert len(page.find("li")) == 6
    assert seat.send("/desk/sign-out", page).status == 303


def test_a_newcomer_can_send_nothing_but_sign_out(app: Flask, office: Office, supervisor: Person, sit: Sit) -> None:
    seat = sit(office.join("ada@example.org"))
    token = seat.look("/desk/words").form("/desk/sign-out").fields["csrf_token"]
    for endpoint, path in routes(app, "POST"):
        if endpoint not in guard.LEADS_IN and endpoint not in guard.PENDING:
            assert seat.post(path, {"csrf_token": token}).leads_to == "/desk/words", path


def test_somebody_who_was_approved_has_no_words_to_read_out(counselor: Person, sit: Sit) -> None:
    assert sit(counselor).look("/desk/words").leads_to == "/desk/"


def test_pages_for_supervisors_do_not_exist_for_counselors(app: Flask, counselor: Person, sit: Sit) -> None:
    """V-25."""
    seat = sit(counselor)
    nowhere = seat.look("/desk/no-such-page").html
    token = seat.look("/desk/account").form("/desk/sign-out").fields["csrf_token"]

    for path in SUPERVISORS_ONLY:
        assert (seat.look(path).status, seat.look(path).html) == (404, nowhere)
    for endpoint, path in routes(app, "POST"):
        if endpoint.partition(".")[0] in guard.SUPERVISORS:
            assert seat.post(path, {"csrf_token": token}).status == 404, path
    assert "/desk/team" not in seat.look("/desk/").links()


@pytest.mark.parametrize("reference", ["K7QF-3MDX", "k7qf3mdx", "AEIO-UUUU", "x", "%00", "..%2f", "K7QF-3MDX-9"])
def test_a_request_that_does_not_exist_looks_like_any_page_that_does_not(
    supervisor: Person, sit: Sit, reference: str
) -> None:
    """V-25."""
    seat = sit(supervisor)

    answer = seat.look(f"/desk/{reference}")

    assert answer.status == 404
    assert answer.html == seat.look("/desk/a/b/c").html


def test_every_answer_of_the_desk_is_forgotten_and_never_compressed(
    app: Flask, office: Office, supervisor: Person, sit: Sit
) -> None:
    """S-04, and BREACH: pages mix secrets with what somebody typed."""
    seat = sit(supervisor)
    reference = office.ask()
    for path in [path for _, path in routes(app, "GET")] + [f"/desk/{reference}", "/desk/sign-in?next=/desk/team"]:
        answer = seat.look(path, headers={"Accept-Encoding": "gzip, br, deflate, zstd"})
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "Content-Encoding" not in answer.headers, path


def test_the_desk_has_one_cookie_and_no_page_sets_another(
    app: Flask, office: Office, supervisor: Person, sit: Sit
) -> None:
    """V-21."""
    seat = sit(supervisor)
    for _, path in routes(app, "GET"):
        assert "Set-Cookie" not in seat.look(path).headers, path
