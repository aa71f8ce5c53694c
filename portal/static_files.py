"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise's own, and our modules import each other by their hashed names too.

    Only ours: packages bring modules whose imports name no file.
    """

    # One pass for each floor of modules that import modules; Django gives up after five.
    max_post_process_passes = 30
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
