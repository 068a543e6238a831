from portal.models.check_ins import CheckIn

__all__ = ["CheckIn"]
