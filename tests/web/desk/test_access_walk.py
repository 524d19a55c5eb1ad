"""Every route of the desk, for everybody there can be, on requests in every state: as docs/access.md says."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.models import Account
from app.web import guard, typed_answers
from tests.domain import builders
from tests.support import schema
from tests.support.clock import Clock
from tests.support.office import Office, make_app
from tests.web.desk.access_walk import cast
from tests.web.desk.access_walk.cast import NOBODYS, Scene
from tests.web.desk.access_walk.walker import (
    Step,
    Walker,
    against_the_table,
    beside_the_table,
    beyond_proving,
    kept_out,
    method_of,
    rules,
)
from tools import permissions
from tools.permissions import Deed, Page

pytestmark = pytest.mark.thorough

DEEDS: list[Deed] = [*permissions.DEEDS, *permissions.SUPERVISORS_DEEDS]
INSIDE: list[Step] = [*DEEDS, *permissions.TEAM, *permissions.SUPERVISORS]
PAGES: list[Step] = [*permissions.DOOR, *permissions.WAITING_ROOM, *permissions.TEAM, *permissions.SUPERVISORS]
NEW_PASSKEY = "/desk/account/passkeys/new"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One app for all walks, as each puts everything back; on SQLite, for who may do what knows no database."""
    folder, clock = tmp_path_factory.mktemp("walk"), Clock()
    app = make_app(schema.sqlite(folder), folder, clock)
    yield Office(app, clock)
    app.extensions["quietword"].database.close()


@pytest.fixture(scope="module")
def scene(office: Office) -> Scene:
    return cast.scene(office)


@pytest.fixture
def other_office(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """An app of a test's own, on the database it names."""
    app = make_app(request.getfixturevalue(request.param), tmp_path, clock)
    yield Office(app, clock)
    app.extensions["quietword"].database.close()


@pytest.fixture
def walker(office: Office, scene: Scene, kind: str) -> Walker:
    return Walker(office, scene, kind)


def test_every_route_of_the_desk_stands_in_the_table_and_nothing_else_does(office: Office) -> None:
    """V-23, V-24: a new route fails here until somebody says whose it is."""
    routed = {rule.endpoint for rule in rules(office)}

    assert {step.endpoint for step in (*DEEDS, *PAGES)} == routed


def test_the_table_and_the_guard_agree(office: Office) -> None:
    """V-24: whose a page is, is said twice, and each blueprint has one kind of people."""

    def blueprints(steps: list[Step]) -> set[str]:
        return {step.endpoint.partition(".")[0] for step in steps}

    assert {page.endpoint for page in permissions.DOOR} == guard.LEADS_IN
    assert {page.endpoint for page in permissions.WAITING_ROOM} == guard.PENDING
    assert blueprints([*permissions.DEEDS, *permissions.TEAM]) <= guard.TEAM
    of_supervisors = blueprints([*permissions.SUPERVISORS_DEEDS, *permissions.SUPERVISORS])
    assert of_supervisors - {"claims"} == guard.SUPERVISORS
    assert not guard.TEAM & guard.SUPERVISORS
    assert not guard.OPEN & (guard.TEAM | guard.SUPERVISORS)


@pytest.mark.parametrize("kind", cast.KINDS)
def test_the_door_is_the_same_for_everybody_and_an_empty_form_opens_nothing(walker: Walker, kind: str) -> None:
    """V-11, V-24."""
    for page in permissions.DOOR:
        answer = walker.take(page, filled={})

        looked_at = method_of(walker.office, page.endpoint) == "GET"
        invitation = page.endpoint.startswith("invite.")
        assert answer.status == (404 if invitation else 200 if looked_at else 422), page
        assert not answer.changed, page
        assert "Set-Cookie" not in answer.headers, page


@pytest.mark.parametrize("kind", ["stranger", "pending"])
def test_who_is_not_let_in_meets_the_same_whatever_they_ask_for(walker: Walker, kind: str) -> None:
    """V-06, V-24: a stranger, and somebody who is not approved yet."""
    steps: list[Step] = [*INSIDE, *(() if kind == "pending" else permissions.WAITING_ROOM)]
    for step in steps:
        filled = walker.typed(step)
        references = (
            [walker.scene.request(kind, state) for state in permissions.STATES] if isinstance(step, Deed) else []
        )
        answers = {reference: walker.take(step, reference, filled) for reference in (*references, NOBODYS)}

        for reference, answer in answers.items():
            path = walker.path(step.endpoint, reference)
            method = method_of(walker.office, step.endpoint)
            assert (answer.status, answer.leads_to) == kept_out(kind, step.endpoint, method, path), path
            assert not answer.changed, path
        seen = {str(answer.about(reference)) for reference, answer in answers.items()}
        assert len(seen) == 1, step
        assert len({answer.statements for answer in answers.values()}) == 1, step


@pytest.mark.parametrize("kind", ["first factor only", "suspended"])
def test_half_a_sign_in_and_a_dead_session_are_worth_no_more_than_nothing(
    office: Office, scene: Scene, walker: Walker, kind: str
) -> None:
    """V-06, V-18: what comes back is what a stranger gets, byte for byte."""
    stranger = Walker(office, scene, "stranger")
    for step in (*INSIDE, *permissions.WAITING_ROOM):
        filled = walker.typed(step)
        references = [scene.request(kind, state) for state in ("own", "erased")] if isinstance(step, Deed) else []
        for reference in (*references, NOBODYS):
            theirs, nobodys = walker.take(step, reference, filled), stranger.take(step, reference, filled)

            assert theirs.exact == nobodys.exact, step
            assert not theirs.changed, step


@pytest.mark.parametrize("kind", ["counselor", "supervisor"])
def test_what_the_team_does_is_as_the_table_says(walker: Walker, kind: str) -> None:
    """V-23, V-24, V-25: what is refused changes nothing."""
    assert against_the_table(walker, kind) == []


@pytest.mark.parametrize("other_office", ["postgresql_url"], indirect=True)
def test_every_route_does_the_same_on_postgresql(other_office: Office) -> None:
    """V-23, V-24: most other tests of the desk's pages ask SQLite alone."""
    walker = Walker(other_office, cast.scene(other_office), "supervisor")

    assert against_the_table(walker, "supervisor") == []


@pytest.mark.parametrize("kind", ["excluded counselor", "excluded supervisor"])
def test_excluding_somebody_from_requests_takes_nothing_else(walker: Walker, kind: str) -> None:
    """V-23, V-24."""
    assert beside_the_table(walker, kind) == []


@pytest.mark.parametrize("kind", ["counselor", "supervisor"])
@pytest.mark.parametrize("code", ["", "000000"], ids=["no code", "wrong code"])
def test_the_second_factor_is_asked_for_again_where_the_table_says(walker: Walker, kind: str, code: str) -> None:
    """V-19, V-29: export, team, keys, erase; on the page itself, and nothing is done before it was right."""
    asked = [step for step in INSIDE if step.proof == "code"]
    for step in asked:
        if kind == "counselor" and step in (*permissions.SUPERVISORS, *permissions.SUPERVISORS_DEEDS):
            continue
        reference = walker.scene.request(kind, "own")

        answer = walker.take(step, reference, {**(walker.typed(step) or {}), "code": code})

        assert answer.status == 422, step
        assert 'name="code"' in answer.text, step
        assert answer.changed <= {"audit_lines", "waits"}, step


@pytest.mark.parametrize("kind", ["counselor", "supervisor"])
def test_a_passkey_is_added_only_with_a_second_factor_of_the_last_minutes(walker: Walker, kind: str) -> None:
    """V-19: the page asks for it first. Only the name that was typed waits in the session."""
    [step] = [page for page in permissions.TEAM if page.proof == "fresh"]

    nameless = walker.take(step, filled={**(walker.typed(step) or {}), "name": ""})
    answer = walker.take(step)

    assert (nameless.status, nameless.leads_to, nameless.changed) == (303, NEW_PASSKEY, frozenset())
    assert (answer.status, answer.leads_to, answer.changed) == (303, NEW_PASSKEY, frozenset({"sign_ins"}))


EVERY = tuple(permissions.STATES)
EXCLUDED = [
    pytest.param("sqlite_url", "excluded counselor", "es", EVERY, id="counselor, in Spanish"),
    pytest.param("sqlite_url", "excluded supervisor", "en", EVERY, id="supervisor"),
    pytest.param("postgresql_url", "excluded supervisor", "es", ("own", "erased"), id="supervisor, on PostgreSQL"),
]


@pytest.mark.parametrize(("other_office", "kind", "language", "states"), EXCLUDED, indirect=["other_office"])
def test_to_the_excluded_a_request_in_any_state_is_one_that_does_not_exist(
    other_office: Office, kind: str, language: str, states: tuple[str, ...]
) -> None:
    """V-25: byte for byte, and asked of the database as often; what is sent changes nothing."""
    scene = cast.scene(other_office)
    with builders.writer(other_office) as session:
        session.execute(update(Account).where(Account.id == scene.ids[kind]).values(language=language))
    walker = Walker(other_office, scene, kind)
    for deed in DEEDS:
        filled = walker.typed(deed)
        nowhere = walker.take(deed, NOBODYS, filled)
        assert nowhere.status == 404, deed
        assert NOBODYS not in nowhere.text, deed
        assert f'lang="{language}"' in nowhere.text
        for state in states:
            answer = walker.take(deed, scene.request(kind, state), filled)

            assert answer.exact == nowhere.exact, (deed, state)
            assert answer.statements == nowhere.statements, (deed, state)
            assert not beyond_proving(answer.changed), (deed, state)


@pytest.mark.parametrize("kind", ["excluded counselor", "excluded supervisor"])
def test_an_empty_form_tells_the_excluded_no_more(walker: Walker, scene: Scene, kind: str) -> None:
    """V-25: what is missing may be said before anybody looks for the request; then it is said of any."""
    for deed in DEEDS:
        if walker.typed(deed) is not None:
            nowhere = walker.take(deed, NOBODYS, walker.hand.token)
            for reference in (scene.request(kind, "own"), scene.request(kind, "erased")):
                answer = walker.take(deed, reference, walker.hand.token)

                assert answer.about(reference) == nowhere.about(NOBODYS), deed
                assert (answer.statements, answer.changed) == (nowhere.statements, nowhere.changed), deed


@pytest.mark.parametrize("kind", ["counselor", "supervisor"])
def test_what_is_no_reference_is_a_request_that_does_not_exist(walker: Walker, kind: str) -> None:
    """V-25."""
    for deed in DEEDS:
        filled = walker.typed(deed)
        nowhere = walker.take(deed, NOBODYS, filled)
        assert nowhere.status == 404, deed
        for reference in ("AEIO-UUUU", "K7QF-3MDX-9", "k7qf3mdx", "%00"):
            assert walker.take(deed, reference, filled).exact == nowhere.exact, (deed, reference)


@pytest.mark.parametrize("kind", ["counselor", "supervisor"])
def test_what_belongs_to_a_colleague_is_what_does_not_exist(walker: Walker, scene: Scene, kind: str) -> None:
    """V-25: passkeys and browsers are one's own; accounts and what is done with them are the supervisors'."""
    other = "supervisor" if kind == "counselor" else "counselor"
    passkey = walker.typed(Page("account.remove_passkey", "", "code"))
    session = walker.typed(Page("account.end_session", "")) or {}
    pairs = [
        [
            walker.ask("POST", walker.path("account.remove_passkey", passkey_id=one), passkey)
            for one in (scene.passkeys[other], uuid4())
        ],
        [
            walker.ask("POST", walker.path("account.end_session"), {**session, "session": mark})
            for mark in (scene.marks[other], "00" * 32)
        ],
        *(
            [
                walker.ask(method_of(walker.office, endpoint), walker.path(endpoint, token=link), walker.hand.token)
                for link in (scene.links[other], "00" * 32)
            ]
            for endpoint in ("account.show_address", "account.confirm_address")
        ),
    ]
    for page in permissions.SUPERVISORS if kind == "counselor" else ():
        filled, method = walker.typed(page), method_of(walker.office, page.endpoint)
        if "account_id" in walker.arguments(page.endpoint):
            there, nowhere = scene.ids["colleague"], uuid4()
            pairs.append(
                [walker.ask(method, walker.path(page.endpoint, account_id=one), filled) for one in (there, nowhere)]
            )
    assert len(pairs) == (9 if kind == "counselor" else 4)
    for theirs, nobodys in pairs:
        assert theirs.status == 404
        assert theirs.exact == nobodys.exact
        assert theirs.statements == nobodys.statements
        assert not beyond_proving(theirs.changed)


@pytest.mark.parametrize("kind", ["supervisor"])
def test_an_account_or_a_shift_that_never_was_is_a_page_that_never_was(walker: Walker, kind: str) -> None:
    """V-25: there is no difference but what they typed themselves, which comes back to them."""
    nowhere = walker.ask("GET", "/desk/no-such-page")
    for page in (*permissions.TEAM, *permissions.SUPERVISORS):
        if walker.arguments(page.endpoint) & {"account_id", "shift_id"} and page.endpoint != "team.approve":
            path = walker.path(page.endpoint, account_id=uuid4(), shift_id=uuid4())
            typed = walker.typed(page)
            answer = walker.ask(method_of(walker.office, page.endpoint), path, typed)
            if typed and typed_answers.TYPED.keys() & typed:
                assert (answer.status, typed["starts_at"] in answer.text) == (404, True), page
                answer = walker.ask("POST", path, {**typed, **dict.fromkeys(typed_answers.TYPED.keys() & typed, "")})
            assert answer.exact == nowhere.exact, page


def test_a_method_that_a_page_does_not_have_tells_the_same_to_everybody(office: Office, scene: Scene) -> None:
    """V-44, V-57: which pages there are is no secret; nothing else is told, and nothing is looked up."""
    walkers = [Walker(office, scene, kind) for kind in cast.KINDS]
    mine = [scene.request(walker.kind, "own") for walker in walkers]
    # Two routes of one address are walked once.
    addresses = {
        tuple(walker.path(step.endpoint, one) for walker, one in zip(walkers, mine, strict=True))
        for step in (*DEEDS, *PAGES)
    }
    for paths in addresses:
        for method in {"GET", "POST", "PUT"} - walkers[0].allowed(paths[0]):
            answers = [walker.ask(method, path) for walker, path in zip(walkers, paths, strict=True)]

            assert {answer.status for answer in answers} == {405}, (method, paths)
            assert len({str(answer.exact) for answer in answers}) == 1, (method, paths)
            assert {answer.statements for answer in answers} == {0}, (method, paths)


@pytest.mark.parametrize("kind", ["stranger", "pending", "counselor", "excluded supervisor"])
def test_head_and_options_open_no_way_around(walker: Walker, scene: Scene, kind: str) -> None:
    """V-44: HEAD meets what GET meets; OPTIONS tells only whoever is let in, and of each request the same."""
    for step in INSIDE:
        method = method_of(walker.office, step.endpoint)
        path = walker.path(step.endpoint, scene.request(kind, "own"))
        looked, headed = (walker.ask(one, path) for one in ("GET", "HEAD")) if method == "GET" else (None, None)
        if looked and headed:
            assert (headed.status, headed.leads_to, headed.body) == (looked.status, looked.leads_to, b""), path
        mine = scene.request(kind, "own")
        told, nowhere = (walker.ask("OPTIONS", walker.path(step.endpoint, one)) for one in (mine, NOBODYS))
        assert told.about(mine) == nowhere.about(NOBODYS), path
        assert not told.changed, path
