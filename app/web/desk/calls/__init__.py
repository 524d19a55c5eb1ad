"""Pages on which a counselor calls, or writes down a call."""

from app.web.desk.calls import call_log, dialing, incoming_calls, paper_card, phone_in

BLUEPRINTS = (call_log.bp, dialing.bp, incoming_calls.bp, paper_card.bp, phone_in.bp)
