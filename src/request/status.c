/* status.c -- says on stderr why a command ends with an error. */
#include "config.h"

#include "request/status.h"

#include "base/text.h"

int
complain(enum status status, const struct cause *cause)
{
    if (status == STATUS_USAGE || status == STATUS_INVALID)
        text_drop();
    else if (status != STATUS_DONE)
        text_release();
    text_remark("%s", cause->text);
    return (int)status;
}
