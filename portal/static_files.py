"""Static files without their comments, under names that change with their content."""

import rcssmin
import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("js/", "css/")
SHORTER = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise's own, and our modules import each other by their hashed names too.

    Only ours: packages bring modules whose imports name no file. What goes over a weak
    signal leaves without comments and blanks.
    """

    # One pass for each floor of modules that import modules; Django gives up after five.
    max_post_process_passes = 30
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )

    def post_process(self, paths, *args, **kwargs):
        # From the shortened copies, not from where they were collected.
        paths = {name: (self, name) if _shorten(name) else at for name, at in paths.items()}
        yield from super().post_process(paths, *args, **kwargs)

    def save(self, name, content, max_length=None):
        shorten = _shorten(name)
        if shorten:
            content = ContentFile(shorten(content.read().decode()).encode())
        return super().save(name, content, max_length=max_length)


def _shorten(name):
    """Return what shortens a file of ours of this name, or None."""
    ends = (SHORTER[end] for end in SHORTER if name.endswith(end) and name.startswith(OURS))
    return next(ends, None)
