pure_cli_tests += %D%/show.test
cli_tests += %D%/grade.test
EXTRA_DIST += %D%/hand_in.sh %D%/solutions %D%/wrong
