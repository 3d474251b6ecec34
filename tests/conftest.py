"""Property tests draw the same examples in every run, so that a red run can be had again; `HYPOTHESIS_PROFILE=fresh` draws new ones, `thorough` more of them."""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fresh", deadline=None)
settings.register_profile("thorough", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
