from audit.models.audit_events import AuditEvent, AuditSeal

__all__ = ["AuditEvent", "AuditSeal"]
