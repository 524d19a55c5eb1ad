"""The words of the audit trail: one sentence for each kind of line."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from app.domain.lists.audit_search import AuditEntry

_KINDS: Mapping[str, object] = {
    "account.renamed": lazy_gettext("Changed the name that colleagues see"),
    "address.asked": lazy_gettext("Asked for another address"),
    "address.changed": lazy_gettext("Confirmed another address"),
    "address.kept": lazy_gettext("Kept the old address"),
    "audit.exported": lazy_gettext("Took the record along"),
    "audit.verified": lazy_gettext("Verified the record"),
    "backup_code.used": lazy_gettext("Used a printed code"),
    "call.compared": lazy_gettext("Compared words that a caller said"),
    "call.refused": lazy_gettext("Could not tell who called"),
    "call.verified": lazy_gettext("Knew a caller by their words"),
    "canary.refused": lazy_gettext("The daily check was refused: a record was altered"),
    "canary.restored": lazy_gettext("The daily check came through again"),
    "canary.silent": lazy_gettext("The daily check did not come through"),
    "card.printed": lazy_gettext("Printed a request on the paper card"),
    "draft.kept": lazy_gettext("A note sent after the lock was kept"),
    "epoch.begun": lazy_gettext("A new practice key began"),
    "erased.asked": lazy_gettext("Erased a request because the client asked"),
    "erased.mistake": lazy_gettext("Erased a request that was a mistake"),
    "erased.under_13": lazy_gettext("Erased a request of a child under 13"),
    "hold.begun": lazy_gettext("Began a legal hold"),
    "hold.ended": lazy_gettext("Ended a legal hold"),
    "incident.voicemail": lazy_gettext("Left a voicemail that was not allowed"),
    "intake.claimed": lazy_gettext("Claimed a request"),
    "intake.closed": lazy_gettext("Closed a request"),
    "intake.compared": lazy_gettext("Looked for the same number"),
    "intake.erased": lazy_gettext("Erased a request"),
    "intake.handed_over": lazy_gettext("Handed a request over"),
    "intake.not_called": lazy_gettext("Did not call after looking at a number"),
    "intake.exported": lazy_gettext("Took a request along as a file"),
    "intake.escalated": lazy_gettext("Told the next person of a request"),
    "intake.opened": lazy_gettext("Opened a request"),
    "intake.passed_on": lazy_gettext("Passed a request on"),
    "intake.received": lazy_gettext("A request arrived"),
    "intake.released": lazy_gettext("Gave a request back"),
    "intake.reopened": lazy_gettext("Opened a closed request again"),
    "intake.restored": lazy_gettext("Undid a withdrawal"),
    "intake.revealed": lazy_gettext("Looked at a number"),
    "intake.undone": lazy_gettext("Took a request back at once"),
    "intake.withdrawn": lazy_gettext("Withdrew a request"),
    "intakes.resealed": lazy_gettext("Sealed open requests anew"),
    "log.attempt": lazy_gettext("Logged a call"),
    "log.emergency": lazy_gettext("Wrote down an emergency"),
    "log.exclusion": lazy_gettext("Changed who may not have a request"),
    "log.follow_up": lazy_gettext("Planned a follow-up"),
    "log.location": lazy_gettext("Checked where a client is"),
    "log.note": lazy_gettext("Wrote a note"),
    "log.reason": lazy_gettext("Gave a reason to call outside the safe times"),
    "log.words": lazy_gettext("Gave two new words"),
    "marker.refused": lazy_gettext("A practice key did not open at sign-in"),
    "passkey.added": lazy_gettext("Added a passkey"),
    "passkey.copied": lazy_gettext("A copy of a passkey was refused"),
    "passkey.removed": lazy_gettext("Removed a passkey"),
    "passkey.used": lazy_gettext("Used a passkey"),
    "password.changed": lazy_gettext("Changed the password"),
    "password.old_came_back": lazy_gettext("Signed in with the old password again"),
    "password.refused": lazy_gettext("Was refused a new password"),
    "password.renewed": lazy_gettext("Chose a new password"),
    "proof.refused": lazy_gettext("Gave a wrong second factor"),
    "queue.opened": lazy_gettext("Looked at the list of requests"),
    "record.altered": lazy_gettext("A stored record was altered"),
    "roll.changed": lazy_gettext("The roll of who can open changed"),
    "rota.added": lazy_gettext("Planned a shift"),
    "rota.busy": lazy_gettext("Is with a client"),
    "rota.covered": lazy_gettext("Gave a shift to a colleague"),
    "rota.free": lazy_gettext("Is free again"),
    "rota.removed": lazy_gettext("Removed a shift"),
    "session.all_ended": lazy_gettext("Signed a colleague out everywhere"),
    "session.ended": lazy_gettext("Signed one browser out"),
    "session.others_ended": lazy_gettext("Signed all other browsers out"),
    "search.done": lazy_gettext("Searched the requests"),
    "line.tested": lazy_gettext("Confirmed what a called phone shows"),
    "sheet.confirmed": lazy_gettext("Typed the recovery code back"),
    "sheet.drilled": lazy_gettext("Proved that the recovery sheet opens"),
    "sheet.printed": lazy_gettext("Printed a new recovery sheet"),
    "sign_in.done": lazy_gettext("Signed in"),
    "sign_in.new_device": lazy_gettext("Signed in with a new device"),
    "sign_in.refused": lazy_gettext("Was refused at sign-in"),
    "sign_out": lazy_gettext("Signed out"),
    "sign_out.everywhere": lazy_gettext("Signed out everywhere"),
    "team.approved": lazy_gettext("Approved a colleague"),
    "team.invited": lazy_gettext("Invited a colleague"),
    "team.joined": lazy_gettext("Joined the team"),
    "team.made_counselor": lazy_gettext("Made a supervisor a counselor"),
    "team.made_supervisor": lazy_gettext("Made a colleague a supervisor"),
    "team.recovered": lazy_gettext("Approved a colleague with the printed code"),
    "team.suspended": lazy_gettext("Suspended a colleague"),
    "thread.written": lazy_gettext("Wrote to the thread of a request"),
}
#: Those who act without being members, by the name that lines carry.
PARTIES: Mapping[str, object] = {
    "client": lazy_gettext("A client"),
    "newcomer": lazy_gettext("Somebody signing in"),
    "operator": lazy_gettext("The operator"),
    "service": lazy_gettext("The service itself"),
    "worker": lazy_gettext("The worker"),
}


def kind(name: str) -> str:
    """Return a kind in words; one that has none yet as it is stored."""
    return str(_KINDS.get(name, name))


def describe(line: AuditEntry) -> tuple[str, str, str, str]:
    """Return who did what, to what, and to which colleague; the last is empty for what somebody did to themself."""
    what, _, which = line.subject.partition("/")
    subject = {"intake": which, "roll": gettext("roll %(number)s", number=which)}.get(what, "")
    person = line.person if line.person and line.person != line.actor else ""
    return str(PARTIES.get(line.actor, line.actor)), kind(line.kind), subject, person
