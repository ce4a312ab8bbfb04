/* libosip2: the start line and all header fields that it knows are parsed at once. */
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>

#include "measure.h"

static int bare(const struct octets *octets)
{
    osip_message_t *message;
    if (osip_message_init(&message) != 0)
        return 0;
    int read = osip_message_parse(message, octets->at, octets->length) == 0;
    osip_message_free(message);
    return read;
}

static int full(const struct octets *octets)
{
    osip_message_t *message;
    char *printed = NULL;
    size_t length;
    if (osip_message_init(&message) != 0)
        return 0;
    int read = osip_message_parse(message, octets->at, octets->length) == 0;
    if (read) {
        /* Its own printing, not the octets that it kept. */
        osip_message_force_update(message);
        read = osip_message_to_str(message, &printed, &length) == 0;
        osip_free(printed);
    }
    osip_message_free(message);
    return read;
}

int main(int count, char **arguments)
{
    struct octets *messages = read_messages(count - 1, arguments + 1);
    parser_init();
    figure("bare", bare, messages, count - 1);
    figure("full", full, messages, count - 1);
    return 0;
}
