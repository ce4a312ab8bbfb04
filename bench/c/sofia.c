/* sofia-sip: the start line and all header fields that it knows are parsed at once. */
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>

#include "measure.h"

static int bare(const struct octets *octets)
{
    msg_t *message = msg_make(sip_default_mclass(), 0, octets->at, octets->length);
    sip_t *sip = message ? sip_object(message) : NULL;
    int read = sip && sip->sip_cseq && !sip->sip_error;
    msg_destroy(message);
    return read;
}

static int full(const struct octets *octets)
{
    msg_t *message = msg_make(sip_default_mclass(), 0, octets->at, octets->length);
    sip_t *sip = message ? sip_object(message) : NULL;
    int read = sip && sip->sip_cseq && !sip->sip_error;
    if (read) {
        size_t length;
        char *printed = msg_as_string(msg_home(message), message, NULL, 0, &length);
        read = printed != NULL;
    }
    msg_destroy(message);
    return read;
}

int main(int count, char **arguments)
{
    struct octets *messages = read_messages(count - 1, arguments + 1);
    figure("bare", bare, messages, count - 1);
    figure("full", full, messages, count - 1);
    return 0;
}
