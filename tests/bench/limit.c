/* What a broker takes from a client that does nothing else: persistent letters, confirmed, a window of them at once.

   limit HOST PORT USER PASSWORD VHOST EXCHANGE ROUTING_KEY COUNT BYTES    prints the seconds it took */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <amqp.h>
#include <amqp_tcp_socket.h>

enum { WINDOW = 500, SECONDS = 60 };

static char *is_confirmed;
static uint64_t confirmed, lowest = 1;

static void fail(const char *what) {
    fprintf(stderr, "limit: %s\n", what);
    exit(1);
}

static void confirm(uint64_t tag) {
    if (!is_confirmed[tag]) {
        is_confirmed[tag] = 1;
        confirmed++;
    }
}

static void read_frame(amqp_connection_state_t connection, struct timeval *patience) {
    amqp_frame_t frame;
    int status = amqp_simple_wait_frame_noblock(connection, &frame, patience);
    if (status == AMQP_STATUS_TIMEOUT) return;
    if (status != AMQP_STATUS_OK) fail("the connection broke");
    if (frame.frame_type != AMQP_FRAME_METHOD) return;
    if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) fail("not confirmed");
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    if (ack->multiple)
        while (lowest <= ack->delivery_tag) confirm(lowest++);
    else
        confirm(ack->delivery_tag);
}

static double now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec + moment.tv_nsec / 1e9;
}

static amqp_connection_state_t open_channel(char **told) {
    amqp_connection_state_t connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    if (amqp_socket_open(socket, told[1], atoi(told[2]))) fail("nobody there");
    amqp_rpc_reply_t reply = amqp_login(connection, told[5], 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, told[3], told[4]);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail("not let in");
    amqp_channel_open(connection, 1);
    amqp_confirm_select(connection, 1);
    if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) fail("no channel");
    return connection;
}

int main(int count, char **told) {
    if (count != 10) fail("nine arguments");
    uint64_t letters = strtoull(told[8], NULL, 10), bytes = strtoull(told[9], NULL, 10);
    is_confirmed = calloc(letters + 1, 1);
    char *body = malloc(bytes);
    memset(body, 'x', bytes);
    alarm(SECONDS);
    amqp_connection_state_t connection = open_channel(told);

    amqp_table_entry_t headers[4];
    memset(headers, 0, sizeof headers);
    const char *names[] = {"ce-id", "ce-type", "epoch", "seq"};
    const char *texts[] = {"01990000-0000-7000-8000-000000000001", told[7]};
    for (int one = 0; one < 4; one++) {
        headers[one].key = amqp_cstring_bytes(names[one]);
        headers[one].value.kind = one < 2 ? AMQP_FIELD_KIND_UTF8 : AMQP_FIELD_KIND_I64;
        if (one < 2) headers[one].value.value.bytes = amqp_cstring_bytes(texts[one]);
    }
    amqp_basic_properties_t properties;
    memset(&properties, 0, sizeof properties);
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_HEADERS_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG;
    properties.content_type = amqp_cstring_bytes("application/cloudevents+json");
    properties.delivery_mode = 2;
    properties.headers.num_entries = 4;
    properties.headers.entries = headers;
    properties.message_id = amqp_cstring_bytes(texts[0]);
    properties.type = amqp_cstring_bytes(told[7]);
    properties.app_id = amqp_cstring_bytes("houvast");

    amqp_bytes_t content = {bytes, body};
    struct timeval long_enough = {SECONDS, 0}, not_at_all = {0, 0};
    double began = now();
    for (uint64_t tag = 1; tag <= letters; tag++) {
        headers[3].value.value.i64 = (int64_t)tag;
        if (amqp_basic_publish(connection, 1, amqp_cstring_bytes(told[6]), amqp_cstring_bytes(told[7]), 1, 0,
                               &properties, content))
            fail("the connection broke");
        if (tag % 50 == 0) read_frame(connection, &not_at_all);
        while (tag - confirmed >= WINDOW) read_frame(connection, &long_enough);
    }
    while (confirmed < letters) read_frame(connection, &long_enough);
    printf("%.6f\n", now() - began);
    return 0;
}
