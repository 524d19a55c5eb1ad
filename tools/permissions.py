"""Says who may do what at the desk. A test visits every route with this table; docs/access.md is written from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

#: The states of a request, as the acting member sees it. `own`: they have it; `another's`: a colleague has it.
STATES: Mapping[str, str] = {
    "waiting": "waiting",
    "own": "one’s own",
    "another's": "a colleague’s",
    "held": "one’s own, on hold",
    "closed": "closed, one’s own",
    "closed, another's": "closed, a colleague’s",
    "withdrawn": "taken back",
    "erased": "erased",
}

#: all: every member. sup: supervisors; the page tells a counselor who has it. SUP: supervisors; a counselor finds no
#: such page. no: nobody, and the page says why. back: nobody, and the page leads to the request. nosup: nobody, and a
#: counselor finds no such page. none: nobody finds such a page. stone: everybody sees that it was withdrawn or erased,
#: and nothing else of it.
Cell = Literal["all", "sup", "SUP", "no", "back", "nosup", "none", "stone"]

#: code: asks for the second factor each time. fresh: asks when it was given more than five minutes ago.
Proof = Literal["code", "fresh"]


@dataclass(frozen=True)
class Deed:
    """An action on a request, through one route; `variant` distinguishes two actions of the same route."""

    endpoint: str
    words: str
    cells: tuple[Cell, ...]
    proof: Proof | None = None
    variant: str = ""

    def cell(self, state: str) -> Cell:
        return self.cells[list(STATES).index(state)]


@dataclass(frozen=True)
class Page:
    """An action that concerns no request, through one route."""

    endpoint: str
    words: str
    proof: Proof | None = None


def _deed(endpoint: str, words: str, cells: str, proof: Proof | None = None, variant: str = "") -> Deed:
    read = cast("list[Cell]", cells.split())
    assert len(read) == len(STATES), endpoint
    return Deed(endpoint, words, tuple(read), proof, variant)


# fmt: off
#: For every member.              waiting own  another's held closed closed,a's withdrawn erased
DEEDS: Sequence[Deed] = (
    _deed("intake.show", "Open it: who it is, what is safe, what was done",
                                  "all     all  all       all  all    all       stone     stone"),
    _deed("dialing.pulse", "Have an open page notice that it changed",
                                  "all     all  all       all  all    all       all       all"),
    _deed("export.paper", "Print it, without number and words",
                                  "all     all  all       all  all    all       stone     stone"),
    _deed("claims.claim", "Take it",
                                  "all     all  no        all  no     no        no        no"),
    _deed("claims.release", "Give it back",
                                  "all     all  sup       all  no     no        no        no"),
    _deed("claims.hand_over", "Hand it to a colleague",
                                  "sup     all  sup       all  no     no        no        no"),
    _deed("claims.exclude", "Keep it from a colleague, by the client’s wish",
                                  "sup     all  sup       all  all    sup       no        no"),
    _deed("claims.pass_on", "Pass it on to the next person",
                                  "all     no   no        no   no     no        no        no"),
    _deed("dialing.reveal", "Ask for the number, for two minutes",
                                  "all     all  no        all  no     no        no        no"),
    _deed("dialing.number", "See the number that was asked for",
                                  "back    all  back      all  back   back      stone     stone"),
    _deed("dialing.not_called", "Say that no call was made",
                                  "all     all  all       all  all    all       all       all"),
    _deed("call_log.attempt", "Write down a call we made",
                                  "all     all  no        all  no     no        no        no", variant="out"),
    _deed("call_log.attempt", "Write down a call they made to us",
                                  "all     all  all       all  no     no        no        no", variant="in"),
    _deed("call_log.follow_up", "Plan the next call",
                                  "all     all  no        all  no     no        no        no"),
    _deed("call_log.renew_words", "Give two new words in a call",
                                  "all     all  no        all  no     no        no        no"),
    _deed("wishes.ask", "Look at the questions about what is safe",
                                  "all     all  all       all  all    all       back      back"),
    _deed("wishes.settle", "Write down what is safe, as told on a call",
                                  "all     all  all       all  all    all       no        no"),
    _deed("notes.write", "Write a note for the team",
                                  "all     all  all       all  all    all       no        no"),
    _deed("notes.reply", "Answer with a fixed sentence",
                                  "all     all  all       all  all    all       no        no"),
    _deed("safety.locate", "Write down where they are",
                                  "all     all  all       all  all    all       no        no"),
    _deed("safety.begin", "Start the clock when somebody is in danger",
                                  "all     all  all       all  all    all       no        no"),
    _deed("safety.report", "Write down that it was reported",
                                  "all     all  all       all  all    all       no        no"),
    _deed("claims.close", "Close it",
                                  "sup     all  sup       all  no     no        no        no"),
    _deed("claims.reopen", "Open a closed one again",
                                  "no      no   no        no   all    sup       no        no"),
    _deed("export.form", "Look at the page for taking it along",
                                  "sup     all  sup       all  all    sup       SUP       no"),
    _deed("export.export", "Take it along as a file",
                                  "sup     all  sup       all  all    sup       SUP       no", "code"),
)

#: For supervisors. To a counselor none of these pages exists.
SUPERVISORS_DEEDS: Sequence[Deed] = (
    _deed("claims.include", "Let somebody see it again",
                                  "SUP     SUP  SUP       SUP  SUP    SUP       nosup     nosup"),
    _deed("same_number.compare", "Look which requests came with the same number",
                                  "SUP     SUP  SUP       SUP  SUP    SUP       none      none"),
    _deed("retention.hold_form", "Look at the page of the legal hold",
                                  "SUP     SUP  SUP       SUP  SUP    SUP       SUP       nosup"),
    _deed("retention.hold", "Begin or end a legal hold",
                                  "SUP     SUP  SUP       SUP  SUP    SUP       SUP       nosup", "code"),
    _deed("retention.erase_form", "Look at the page for erasing",
                                  "SUP     SUP  SUP       SUP  SUP    SUP       SUP       nosup"),
    _deed("retention.erase", "Erase everything in it",
                                  "SUP     SUP  SUP       nosup SUP   SUP       SUP       nosup", "code"),
    _deed("retention.certificate", "See the certificate that it was erased",
                                  "none    none none      none none   none      none      SUP"),
)

#: The way to sign in; open to everybody.
DOOR: Sequence[Page] = (
    Page("signin.show", "See the sign-in page"),
    Page("signin.submit", "Sign in with password and code"),
    Page("signin.challenge", "Get a new challenge for a passkey"),
    Page("signin.touch", "Sign in with a passkey"),
    Page("signin.finish", "Give the password that a passkey still needs"),
    Page("invite.show", "Open a one-time invitation"),
    Page("invite.submit", "Accept it, with a password and a second factor of one’s own"),
    Page("forgotten.show", "See the page for a forgotten password"),
    Page("forgotten.submit", "Choose a new password, with the second factor"),
)

#: All that a member may do before a supervisor has approved their key.
WAITING_ROOM: Sequence[Page] = (
    Page("signin.approval", "See one’s own six words, until one is approved"),
    Page("signin.sign_out", "Sign out"),
    Page("signin.sign_out_everywhere", "Sign out everywhere"),
)

#: For every member.
TEAM: Sequence[Page] = (
    Page("queue.show", "See the lists: references and times, no names"),
    Page("queue.beat", "Have an open page notice that a list changed"),
    Page("search.show", "See the page for searching"),
    Page("search.find", "Search by name, two words or reference (supervisors: by number, too)"),
    Page("phone_in.show", "See the questions for a call that somebody takes"),
    Page("phone_in.send", "Enter a request from such a call"),
    Page("phone_in.words", "See its words, once"),
    Page("phone_in.teen", "See what to say to a minor who calls"),
    Page("incoming_calls.show", "See the page “They called”"),
    Page("incoming_calls.compare", "Find a request by the two words that a caller says"),
    Page("incoming_calls.verify", "Compare what the caller knows"),
    Page("incoming_calls.renew_words", "Give a known caller two new words"),
    Page("incoming_calls.settle", "Write down what a known caller wanted"),
    Page("rota.show", "See the rota"),
    Page("rota.shift", "See one shift"),
    Page("rota.add", "Plan a shift, for anybody"),
    Page("rota.cover", "Give a shift, or a part of it, to a colleague"),
    Page("rota.remove", "Remove a shift"),
    Page("rota.be_busy", "Say that one is with a client"),
    Page("rota.be_free", "Say that one is free again"),
    Page("account.show", "See one’s own account, passkeys and browsers"),
    Page("account.rename", "Change one’s name, as colleagues see it"),
    Page("account.set_language", "Choose one’s language"),
    Page("account.ask_for_address", "Ask for another address of one’s own", "code"),
    Page("account.show_address", "See what the link in the letter to it confirms"),
    Page("account.confirm_address", "Confirm it"),
    Page("account.keep_address", "Keep the old one"),
    Page("password.show", "See the page for another password"),
    Page("password.change", "Choose another password", "code"),
    Page("account.new_passkey", "See the page for a new passkey"),
    Page("account.prove", "Give the second factor for a new passkey", "code"),
    Page("account.add_passkey", "Add a passkey", "fresh"),
    Page("account.remove_passkey", "Remove one of one’s own passkeys", "code"),
    Page("account.end_session", "Sign out one of one’s own browsers"),
    Page("account.end_other_sessions", "Sign out all others of them"),
    Page("signin.stay", "Stay signed in"),
)

#: For supervisors. To a counselor none of these pages exists.
SUPERVISORS: Sequence[Page] = (
    Page("team.show", "See the team: who, role, when last here"),
    Page("team.invite", "Invite somebody, as counselor or supervisor", "code"),
    Page("team.approve", "Approve a newcomer whose six words were compared", "code"),
    Page("team.change_role", "Make a colleague a supervisor, or a counselor again", "code"),
    Page("team.suspend", "Suspend a colleague", "code"),
    Page("team.show_former_member", "See what somebody who left may still know"),
    Page("team.sign_out", "Sign a colleague out everywhere", "code"),
    Page("recovery_sheet.show", "See the page of the recovery sheet"),
    Page("recovery_sheet.confirm", "Type its code back"),
    Page("recovery_sheet.new", "Make a new one", "code"),
    Page("paper_card.show", "See the page of the paper card"),
    Page("paper_card.make", "Make the paper card: references and two words", "code"),
    Page("audit_trail.show", "Look through the record of what happened"),
    Page("audit_trail.verify", "Verify it"),
    Page("audit_trail.export", "Take it along", "code"),
    Page("figures.show", "See the figures; under five there is no number"),
    Page("figures.table", "Take the figures along"),
)
# fmt: on

#: Where a member who may see a request reads each part of it.
PLACES: Mapping[str, str] = {
    "list": "list",
    "found": "search",
    "opened": "the request",
    "number": "number, for two minutes",
    "paper": "paper",
    "file": "file",
    "stone": "taken back",
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "reference": tuple(PLACES),
    "name": ("opened", "number", "paper", "file"),
    "number": ("number", "file"),
    "email": ("number", "file"),
    "note": ("opened", "paper", "file"),
    "two words": ("opened", "number", "file"),
    "what staff wrote": ("opened", "paper", "file"),
}
