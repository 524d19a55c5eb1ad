"""Many requests at once: queue, search, figures, the audit trail."""
