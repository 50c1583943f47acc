/* check_api.c -- calls of the library: what is refused, in words and places,
 * and that nothing ends the process. */
#include "config.h"

#include "api/pipelab.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MOST = 8 };

/* The answer to words with a blank between two. */
static char *
ask(const char *line, const char *csv)
{
    const char *words[WORDS_MOST];
    char copy[256];
    char *answer;
    int count = 0;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[count++] = word;
    answer = pipelab_call(count, words, csv);
    ck_assert_ptr_nonnull(answer);
    ck_assert_int_eq(answer[strlen(answer) - 1], '\n');
    return answer;
}

static void
expect(const char *line, const char *csv, const char *wanted)
{
    char *answer = ask(line, csv);

    ck_assert_msg(strstr(answer, wanted), "%s: %s", line, answer);
    pipelab_free(answer);
}

static const struct {
    const char *line;
    const char *csv;
    const char *wanted;
} refusals[] = {
    {"", NULL, "\"status\": 2, \"text\": \" is no call; use schedules"},
    {"fly", NULL, "fly is no call"},
    {"simulate word", NULL, "word: simulate takes options only"},
    {"simulate --stage=2", NULL, "--stage=2 is no option of simulate"},
    {"simulate --output=x", NULL, "--output=x is no option"},
    {"simulate --at=2", NULL, "--at=2 is no option"},
    {"compare --sweep=stages=2", NULL, "is no option of compare"},
    {"simulate --ranks", NULL, "--ranks needs a value"},
    {"simulate --barrier=1", NULL, "--barrier takes no value"},
    {"simulate --load=x", NULL, "x: no files"},
    {"simulate --model=/nonexistent", NULL, "--model: cannot read"},
    {"simulate --cost=measured", NULL, "nothing is measured here"},
    {"simulate --schedule=1f1b", "0F0\n", "exclude each other"},
    {"simulate --stages=65535 --microbatches=1024", NULL, "more than 1048576"},
    {"simulate --stages=4 --microbatches=65536 --steps=9", NULL,
     "are more than 1048576 cells"},
    {"check", "9F9999999\n", "\"status\": 3"},
    {"check", "0F1999999\n", "more than 1048576 cells"},
    {"check", "", "no action in it"},
    {"check", "0F0,0B0\n1B0,1F0\n",
     "\"rank\": 1, \"position\": 0, \"cell\": \"1B0\", \"ranks\": 2"},
    {"check", "0F0,,0Q0\n",
     "\"rank\": 0, \"position\": 2, \"cell\": \"0Q0\"}}"},
    {"check", "0F0,0B0\n1F0\n", "\"rank\": 1, \"cell\": \"1B0\""},
    {"check", "0F0,0B0\n1B0,1F0\n",
     "\"stops\": [{\"rank\": 0, \"position\": 1, \"cell\": \"0B0\""},
    {"check", "0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n",
     "\"circle\": [{\"rank\": 0, \"cell\": \"0B0\", \"position\": 1, "
     "\"peer\": 1}, {\"rank\": 1, \"cell\": \"1F1\", \"position\": 1, "
     "\"peer\": 0}]"},
    {"simulate --schedule=zbv --stages=4 --ranks=2 --capacity=0", NULL,
     "{\"error\": {\"status\": 4, \"text\": \"deadlock: zbv"},
    {"simulate --part --stages=2 --ranks=2 --microbatches=1 --cost=F=3",
     "\n1F0\n",
     "\"ranks\": 2, \"stages\": 2, \"microbatches\": 1, \"spans\": [], "
     "\"stops\": [{\"rank\": 1, \"position\": 0"},
    {"simulate --part --stages=2 --ranks=2 --microbatches=1 --cost=F=3",
     "0F0\n", "\"start\": 0, \"end\": 3}], \"stops\": []}}"},
    {"check --part", "0F0\n", "--part is no option"},
    {"why --at=x", NULL, "--at: \\\"x\\\" is no time"},
    {"why --rank=4", NULL, "--rank is 4; use 0 to 3"},
    {"why --rank=1 --stages=1", NULL, "--rank is 1; use 0, there is no other"},
};

START_TEST(what_is_refused_says_where_and_why)
{
    expect(refusals[_i].line, refusals[_i].csv, refusals[_i].wanted);
}
END_TEST

START_TEST(a_plan_as_text_comes_back)
{
    static const char csv[] = "0F0,0F1,,0B0,0B1\n,1F0,1B0,1F1,1B1\n";

    expect("make", csv, "\"csv\": \"0F0,0F1,,0B0,,0B1\\u000a,1F0,");
    expect("make --load=mine", csv, "{\"schedule\": \"mine\"");
    expect("lower", csv, "[\"0F0\", \"0SEND_F0\", \"0F1\"");
    expect("check", csv, "\"peak_activations\": [2, 1]}");
    expect("draw", csv, "{\"svg\": \"<");
    expect("compare", csv, "\"schedule\": \"table\"");
}
END_TEST

START_TEST(ranks_wait_for_whom_they_wait)
{
    expect("why --schedule=gpipe --stages=2 --microbatches=2 --at=3", NULL,
           "{\"rank\": 0, \"kind\": \"input\", \"cell\": \"0RECV_B0\", "
           "\"position\": 4, \"from\": 2, \"to\": 5, \"peer\": 1, "
           "\"until\": \"1SEND_B0\"");
    expect("why --schedule=gpipe --stages=2 --capacity=0 "
           "--stage-cost=1,9 --at=5",
           NULL, "\"kind\": \"taker\"");
    expect("why --schedule=gpipe --stages=2 --capacity=1 "
           "--stage-cost=1,9 --at=5",
           NULL, "\"kind\": \"room\"");
    expect("why --stages=2 --latency=2 --at=1", NULL, "\"kind\": \"way\"");
    expect("why --stages=2 --at=99", NULL, "\"kind\": \"done\"");
    expect("why --stages=2 --microbatches=2 --steps=2 --at=14", NULL,
           "\"text\": \"rank 0 runs 0B0\"");
    /* 1.005 is a little less than 1005 thousandths. */
    expect("why --stages=2 --cost=F=1.005,B=2 --at=1.005", NULL,
           "\"cell\": \"0F1\"");
    expect("why --stages=2 --capacity=0 --at=9", NULL,
           "\"peer\": 1, \"until\": \"1RECV_F1\", \"text\": \"rank 0 waits "
           "to send the activation of microbatch 1 until rank 1 takes it");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api");
    TCase *calls = tcase_create("calls");

    tcase_add_loop_test(calls, what_is_refused_says_where_and_why, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(calls, a_plan_as_text_comes_back);
    tcase_add_test(calls, ranks_wait_for_whom_they_wait);
    suite_add_tcase(suite, calls);
    return suite_main(suite);
}
