cli_tests += %D%/sessions.test
EXTRA_DIST += %D%/replay.py %D%/sessions.md
