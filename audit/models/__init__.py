from audit.models.audit_events import AuditCheck, AuditEvent, AuditSeal

__all__ = ["AuditCheck", "AuditEvent", "AuditSeal"]
