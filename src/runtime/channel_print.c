/* channel_print.c -- shows a link in a debugger. */
#include "config.h"

#include "runtime/channel.h"

#include "base/plural.h"

#include <stdio.h>

void
channel_print(FILE *out, const struct channel *channel)
{
    int64_t sent = atomic_load(&channel->sent);
    int64_t received = atomic_load(&channel->received);

    if (channel->far) {
        fprintf(out, "link rank %d -> rank %d, one of another process\n",
                channel->sender, channel->receiver);
        return;
    }
    fprintf(out, "link rank %d -> rank %d: %lld of %d slot%s used",
            channel->sender, channel->receiver, (long long)(sent - received),
            channel->capacity, plural(channel->capacity));
    for (int64_t n = received; n < sent; n++)
        fprintf(out, ", microbatch %d", channel_message(channel, n)->mb);
    fprintf(out, "%s%s%s\n", channel->sender_asleep ? ", sender waits" : "",
            channel->receiver_asleep ? ", receiver waits" : "",
            atomic_load(&channel->closed) ? ", closed" : "");
}
