/* list.c -- "a,b,c" and "K=V,K=V": every item once, and no number that is
 * half of one. */
#include "config.h"

#include "base/list.h"
#include "cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Each item as key|value; */
static void
expect_items(const char *list, const char *items)
{
    char text[200] = "";

    for (struct list_item item; list_next(&list, &item);) {
        size_t used = strlen(text);
        struct list_item key;
        bool cut = list_cut(&item, &key);

        ck_assert(cut || key.length == 0);
        snprintf(text + used, sizeof text - used, "%.*s%s%.*s;",
                 (int)key.length, key.text, cut ? "|" : "", (int)item.length,
                 item.text);
    }
    ck_assert_str_eq(text, items);
}

START_TEST(a_list_is_cut_at_its_commas)
{
    expect_items("", ";");
    expect_items("a", "a;");
    expect_items("a,b,c", "a;b;c;");
    expect_items(",a,,", ";a;;;");
}
END_TEST

START_TEST(an_item_is_cut_at_its_first_equals)
{
    expect_items("F=1,B=20", "F|1;B|20;");
    expect_items("a=b=c,d", "a|b=c;d;");
    expect_items("a,b=c", "a;b|c;");
    expect_items("a=,=b", "a|;|b;");
}
END_TEST

START_TEST(a_word_is_the_whole_item)
{
    const char *list = "1f1b=gpipe,gpipe";
    struct list_item item, key;

    ck_assert(list_next(&list, &item));
    ck_assert(!list_is(&item, "1f1b"));
    ck_assert(list_cut(&item, &key));
    ck_assert(list_is(&key, "1f1b"));
    ck_assert(!list_is(&key, "1f1"));
    ck_assert(!list_is(&key, "1f1b="));
    ck_assert(list_is(&item, "gpipe"));
    ck_assert(!list_is(&item, "gpip"));
    ck_assert(!list_is(&item, "gpipe,"));
    ck_assert(list_next(&list, &item));
    ck_assert(list_is(&item, "gpipe"));
    ck_assert(!list_next(&list, &item));
}
END_TEST

START_TEST(every_whole_number_of_a_list_is_read)
{
    for (int count = 1; count < 40; count++) {
        char text[400] = "";
        const char *wrong;
        int numbers[10];

        for (int i = 0; i < count; i++)
            sprintf(text + strlen(text), "%s%d", i ? "," : "", 7 * i - 9);
        ck_assert_int_eq(list_wholes(text, -9, 7 * count, numbers, 10, &wrong),
                         count);
        for (int i = 0; i < count && i < 10; i++)
            ck_assert_int_eq(numbers[i], 7 * i - 9);
    }
}
END_TEST

START_TEST(what_is_no_number_in_the_range_is_named)
{
    static const char *const wrongs[] = {
        "",
        "x",
        "1x",
        "1 ",
        "0",
        "10",
        "-1",
        "1.5",
        "1=2",
        "99999999999",
        "99999999999999999999",
        "0x1",
        "--1",
    };
    char text[80];
    long long number;

    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        ck_assert(!list_one_whole(wrongs[i], 1, 9, &number));
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        for (int before = 0; before < 3; before++)
            for (int after = 0; after < 3; after++) {
                const char *wrong = NULL;

                snprintf(text, sizeof text, "%.*s%s%.*s", 2 * before, "3,4,",
                         wrongs[i], 2 * after, ",5,6");
                ck_assert_int_eq(list_wholes(text, 1, 9, NULL, 0, &wrong), 0);
                ck_assert_ptr_eq(wrong, text + 2 * before);
            }
}
END_TEST

START_TEST(one_whole_number_is_a_text_without_blanks)
{
    long long number;

    ck_assert(list_one_whole("-9", -9, 9, &number) && number == -9);
    ck_assert(list_one_whole("9", -9, 9, &number) && number == 9);
    ck_assert(!list_one_whole(" 9", -9, 9, &number));
    ck_assert(!list_one_whole("9,9", -9, 9, &number));
    ck_assert(!list_one_whole("9 ", -9, 9, &number));
}
END_TEST

START_TEST(a_real_number_is_the_whole_item)
{
    const char *list = "1.5,-2e3,1e,inf,,4";
    struct list_item item;
    double number;

    ck_assert(list_next(&list, &item) && list_real(&item, &number));
    ck_assert(fpclassify(number - 1.5) == FP_ZERO);
    ck_assert(list_next(&list, &item) && list_real(&item, &number));
    ck_assert(fpclassify(number + 2000) == FP_ZERO);
    ck_assert(list_next(&list, &item) && !list_real(&item, &number));
    ck_assert(list_next(&list, &item) && list_real(&item, &number));
    ck_assert(isinf(number));
    ck_assert(list_next(&list, &item) && !list_real(&item, &number));
    ck_assert(list_next(&list, &item) && list_real(&item, &number));
    ck_assert(!list_next(&list, &item));
}
END_TEST

TCase *
list_case(void)
{
    TCase *tcase = tcase_create("list");

    tcase_add_test(tcase, a_list_is_cut_at_its_commas);
    tcase_add_test(tcase, an_item_is_cut_at_its_first_equals);
    tcase_add_test(tcase, a_word_is_the_whole_item);
    tcase_add_test(tcase, every_whole_number_of_a_list_is_read);
    tcase_add_test(tcase, what_is_no_number_in_the_range_is_named);
    tcase_add_test(tcase, one_whole_number_is_a_text_without_blanks);
    tcase_add_test(tcase, a_real_number_is_the_whole_item);
    return tcase;
}
