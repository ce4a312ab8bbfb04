/* libfdproto of freeDiameter, with the dictionaries that it is shipped with: decoding is parsing, the dictionary and
   its rules; encoding is what makes octets of the message that was decoded. */
#include <dlfcn.h>
#include <freeDiameter/freeDiameter-host.h>
#include <freeDiameter/libfdcore.h>

#include "measure.h"

#define EXTENSIONS "/usr/lib/freeDiameter/"
#define CX 16777216
#define SERVER_ASSIGNMENT 301

static const char *const dictionaries[] = {"dict_nasreq", "dict_dcca", "dict_dcca_3gpp"};

static struct dictionary *dictionary;

static struct msg *decoded(const struct octets *octets)
{
    struct msg *message = NULL;
    /* It keeps the buffer and frees it. */
    uint8_t *buffer = malloc(octets->length);
    memcpy(buffer, octets->at, octets->length);
    if (fd_msg_parse_buffer(&buffer, octets->length, &message) != 0) {
        free(buffer);
        return NULL;
    }
    if (fd_msg_parse_dict(message, dictionary, NULL) != 0
        || fd_msg_parse_rules(message, dictionary, NULL) != 0) {
        fd_msg_free(message);
        return NULL;
    }
    return message;
}

static int decode(const struct octets *octets)
{
    struct msg *message = decoded(octets);
    if (!message)
        return 0;
    fd_msg_free(message);
    return 1;
}

static struct msg *to_encode;

static int encode(const struct octets *octets)
{
    uint8_t *buffer = NULL;
    size_t length;
    if (fd_msg_bufferize(to_encode, &buffer, &length) != 0)
        return 0;
    /* It writes back what it read. */
    int same = length == octets->length;
    free(buffer);
    return same;
}

/* What its dictionaries leave out: the application and the two commands. */
static int add_commands(void)
{
    struct dict_application_data cx = {CX, "3GPP Cx"};
    struct dict_cmd_data commands[] = {
        {SERVER_ASSIGNMENT, "Server-Assignment-Request", CMD_FLAG_REQUEST, CMD_FLAG_REQUEST},
        {SERVER_ASSIGNMENT, "Server-Assignment-Answer", CMD_FLAG_REQUEST, 0},
    };
    struct dict_object *application;
    /* One of the dictionaries may have it. */
    if (fd_dict_search(dictionary, DICT_APPLICATION, APPLICATION_BY_ID, &cx.application_id, &application, ENOENT) != 0
        && fd_dict_new(dictionary, DICT_APPLICATION, &cx, NULL, &application) != 0)
        return 0;
    for (int at = 0; at < 2; at++)
        if (fd_dict_new(dictionary, DICT_COMMAND, &commands[at], application, NULL) != 0)
            return 0;
    return 1;
}

static int load(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, EXTENSIONS "%s.fdx", name);
    void *extension = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!extension) {
        fprintf(stderr, "%s\n", dlerror());
        return 0;
    }
    int (*init)(int, int, char *) = (int (*)(int, int, char *))dlsym(extension, "fd_ext_init");
    return init && init(FD_PROJECT_VERSION_MAJOR, FD_PROJECT_VERSION_MINOR, NULL) == 0;
}

int main(int count, char **arguments)
{
    struct octets *messages = read_messages(count - 1, arguments + 1);
    fd_g_debug_lvl = FD_LOG_FATAL;
    if (fd_core_initialize() != 0)
        return 1;
    dictionary = fd_g_config->cnf_dict;
    for (size_t at = 0; at < sizeof dictionaries / sizeof dictionaries[0]; at++)
        if (!load(dictionaries[at]))
            return 1;
    if (!add_commands())
        return 1;
    for (int at = 0; at < count - 1; at++) {
        char what[32];
        snprintf(what, sizeof what, "decode %d", at);
        figure(what, decode, &messages[at], 1);
        to_encode = decoded(&messages[at]);
        if (!to_encode)
            continue;
        snprintf(what, sizeof what, "encode %d", at);
        figure(what, encode, &messages[at], 1);
    }
    /* Its threads end with us. */
    fflush(stdout);
    _Exit(0);
}
