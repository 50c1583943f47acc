/* chrome.c -- the rules that the viewers' readers depend on, read off the file
 * event by event: each is one line. */
#include "config.h"

#include "report/chrome.h"

#include "base/memory.h"
#include "drawn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096, THREADS = 8 };

struct event {
    char phase;
    int pid;
    int tid;
    long id;
    double ts;
    double dur;
    double live;
    char name[64];
    bool encloses; /* "bp": "e" */
};

static double
number_after(const char *line, const char *key)
{
    const char *at = strstr(line, key);

    return at ? strtod(at + strlen(key), NULL) : NAN;
}

/* -1 if the line has none. */
static long
integer_after(const char *line, const char *key)
{
    const char *at = strstr(line, key);

    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

static int
read_events(char *text, struct event events[MOST])
{
    int count = 0;
    char *line = strtok(text, "\n");

    ck_assert_str_eq(line, "[");
    while ((line = strtok(NULL, "\n")) != NULL && strcmp(line, "]") != 0) {
        struct event *event = &events[count++];

        ck_assert_int_lt(count, MOST);
        ck_assert(line[0] == '{');
        event->phase = strstr(line, "\"ph\": \"")[7];
        event->pid = (int)integer_after(line, "\"pid\": ");
        event->tid = (int)integer_after(line, "\"tid\": ");
        event->id = integer_after(line, "\"id\": ");
        event->ts = number_after(line, "\"ts\": ");
        event->dur = number_after(line, "\"dur\": ");
        event->live = number_after(line, "\"live\": ");
        event->encloses = strstr(line, "\"bp\": \"e\"") != NULL;
        sscanf(strstr(line, "\"name\": \"") + 9, "%63[^\"]", event->name);
    }
    return count;
}

/* Two clocks of one schedule, the second in other units and later. */
static int
make_events(struct event events[MOST])
{
    struct drawn drawn;
    struct chrome chrome;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int count;

    drawn_init(&drawn, "1f1b", 3, 4);
    chrome_open(&chrome, out);
    for (int clock = 1; clock <= 2; clock++) {
        chrome_clock(&chrome, clock, "a clock", 3);
        chrome_add(&chrome, clock, drawn.plan, &drawn.trace,
                   (struct chrome_time){clock * 0.3, 17.7});
    }
    chrome_close(&chrome);
    fclose(out);
    count = read_events(text, events);
    free(text);
    drawn_fini(&drawn);
    return count;
}

START_TEST(processes_and_threads_are_named_ordered_and_never_zero)
{
    static struct event events[MOST];
    int count = make_events(events);
    int names = 0;
    int orders = 0;

    for (int i = 0; i < count; i++) {
        ck_assert_int_ge(events[i].pid, 1);
        ck_assert_int_ge(events[i].tid, 1);
        names += strcmp(events[i].name, "thread_name") == 0;
        orders += strcmp(events[i].name, "thread_sort_index") == 0;
    }
    ck_assert_int_eq(names, 2 * 3);
    ck_assert_int_eq(orders, 2 * 3);
}
END_TEST

START_TEST(every_span_is_a_slice_named_by_its_cell)
{
    static struct event events[MOST];
    int count = make_events(events);
    int slices = 0;
    int forwards = 0;

    for (int i = 0; i < count; i++) {
        if (events[i].phase != 'X')
            continue;
        slices++;
        ck_assert(events[i].ts >= 17.7 && events[i].dur >= 0);
        forwards += strcmp(events[i].name, "1F2") == 0;
    }
    /* 3 ranks x 4 microbatches x F, B; 2 links each way x 4 x SEND, RECV; 3
     * STEPs; on two clocks. */
    ck_assert_int_eq(slices, 2 * (3 * 4 * 2 + 2 * 2 * 4 * 2 + 3));
    ck_assert_int_eq(forwards, 2);
}
END_TEST

START_TEST(slices_of_a_thread_do_not_overlap)
{
    static struct event events[MOST];
    double end[3][THREADS] = {{0}};
    int count = make_events(events);

    for (int i = 0; i < count; i++)
        if (events[i].phase == 'X') {
            double *last = &end[events[i].pid][events[i].tid];

            ck_assert(events[i].ts >= *last - 1e-9);
            *last = events[i].ts + events[i].dur;
        }
}
END_TEST

/* The slice that an event stands right behind in its thread. */
static const struct event *
slice_before(const struct event events[], int i)
{
    for (int j = i - 1; j >= 0; j--)
        if (events[j].phase == 'X')
            return &events[j];
    return NULL;
}

START_TEST(a_flow_leads_from_inside_each_send_to_inside_its_recv)
{
    static struct event events[MOST];
    int count = make_events(events);
    int flows = 0;

    for (int i = 0; i < count; i++) {
        const struct event *from = slice_before(events, i);
        int ends = 0;

        if (events[i].phase != 's')
            continue;
        flows++;
        ck_assert(strstr(from->name, "SEND_") && from->tid == events[i].tid);
        ck_assert(events[i].ts >= from->ts &&
                  events[i].ts <= from->ts + from->dur);
        for (int j = 0; j < count; j++) {
            const struct event *to = slice_before(events, j);

            if (events[j].phase != 'f' || events[j].id != events[i].id)
                continue;
            ends++;
            ck_assert(events[j].encloses);
            ck_assert_int_eq(events[j].pid, events[i].pid);
            ck_assert_int_ne(events[j].tid, events[i].tid);
            ck_assert(events[j].ts >= events[i].ts);
            ck_assert(strstr(to->name, "RECV_") && to->tid == events[j].tid);
            ck_assert(events[j].ts >= to->ts &&
                      events[j].ts <= to->ts + to->dur);
            /* "1SEND_F3" and "2RECV_F3": the same microbatch. */
            ck_assert_str_eq(strchr(from->name, '_'), strchr(to->name, '_'));
        }
        ck_assert_int_eq(ends, 1);
    }
    ck_assert_int_eq(flows, 2 * 2 * 2 * 4);
}
END_TEST

START_TEST(the_counter_of_live_activations_rises_to_the_peak_and_ends_at_0)
{
    static struct event events[MOST];
    double live[THREADS] = {0};
    double peak[THREADS] = {0};
    int count = make_events(events);

    for (int i = 0; i < count; i++)
        if (events[i].phase == 'C' && events[i].pid == 1) {
            ck_assert(fabs(events[i].live - live[events[i].tid]) == 1.0);
            live[events[i].tid] = events[i].live;
            if (events[i].live > peak[events[i].tid])
                peak[events[i].tid] = events[i].live;
        }
    for (int t = 1; t <= 3; t++) {
        ck_assert(live[t] == 0.0);
        ck_assert(peak[t] == 4 - t); /* min(P-r, M) */
    }
}
END_TEST

START_TEST(an_unfinished_file_ends_with_a_whole_event)
{
    struct drawn drawn;
    struct chrome chrome;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    drawn_init(&drawn, "gpipe", 2, 2);
    chrome_open(&chrome, out);
    chrome_add(&chrome, 1, drawn.plan, &drawn.trace,
               (struct chrome_time){1.0, 0.0});
    /* Not closed; nothing waits in a buffer. */
    ck_assert_uint_gt(size, 0);
    ck_assert(text[size - 1] == '}');
    fclose(out);
    free(text);
    drawn_fini(&drawn);
}
END_TEST

TCase *
chrome_case(void)
{
    TCase *tcase = tcase_create("chrome");

    tcase_add_test(tcase,
                   processes_and_threads_are_named_ordered_and_never_zero);
    tcase_add_test(tcase, every_span_is_a_slice_named_by_its_cell);
    tcase_add_test(tcase, slices_of_a_thread_do_not_overlap);
    tcase_add_test(tcase,
                   a_flow_leads_from_inside_each_send_to_inside_its_recv);
    tcase_add_test(
        tcase,
        the_counter_of_live_activations_rises_to_the_peak_and_ends_at_0);
    tcase_add_test(tcase, an_unfinished_file_ends_with_a_whole_event);
    return tcase;
}
