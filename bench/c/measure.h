/* Medians as src/measure.rs takes them, over the messages whose files are the arguments. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 301
#define ROUND_NS 500000

struct octets {
    char *at;
    size_t length;
};

/* Whether the message could be read. */
typedef int work(const struct octets *message);

static double elapsed(work *work, const struct octets *messages, int count, long calls)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long call = 0; call < calls; call++)
        for (int at = 0; at < count; at++)
            work(&messages[at]);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
}

static int smaller_first(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

/* Prints `what NUMBER`: nanoseconds a message, or `-` where one cannot be read. */
static void figure(const char *what, work *work, const struct octets *messages, int count)
{
    static double rounds[ROUNDS];
    long calls = 1;
    for (int at = 0; at < count; at++) {
        if (!work(&messages[at])) {
            printf("%s -\n", what);
            return;
        }
    }
    while (elapsed(work, messages, count, calls) < ROUND_NS)
        calls *= 2;
    for (int round = 0; round < ROUNDS; round++)
        rounds[round] = elapsed(work, messages, count, calls) / calls / count;
    qsort(rounds, ROUNDS, sizeof rounds[0], smaller_first);
    printf("%s %.0f\n", what, rounds[ROUNDS / 2]);
}

static struct octets *read_messages(int count, char **paths)
{
    struct octets *messages = calloc(count, sizeof *messages);
    for (int at = 0; at < count; at++) {
        FILE *file = fopen(paths[at], "rb");
        if (!file) {
            perror(paths[at]);
            exit(1);
        }
        fseek(file, 0, SEEK_END);
        messages[at].length = ftell(file);
        rewind(file);
        messages[at].at = calloc(messages[at].length + 1, 1);
        if (fread(messages[at].at, 1, messages[at].length, file) != messages[at].length)
            exit(1);
        fclose(file);
    }
    return messages;
}

#endif
