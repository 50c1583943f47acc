cli_tests += %D%/grade.test %D%/show.test
EXTRA_DIST += %D%/hand_in.sh %D%/solutions %D%/wrong
