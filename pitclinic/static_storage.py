"""Hashed static file names, in ES module imports too."""

from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestStaticFilesStorage


class ModuleManifestStorage(ManifestStaticFilesStorage):
    """Rewrites ``import … from "./x.js"`` in our own modules only.

    The switch Django offers for all files stumbles over files that libraries ship, hence the narrower pattern.
    """

    patterns = (
        *HashedFilesMixin.patterns,
        ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1]),  # type: ignore[attr-defined]
    )
