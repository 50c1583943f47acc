cli_tests += %D%/grade.test
EXTRA_DIST += %D%/solutions %D%/wrong
