/*
 * A PLC made with libmodbus: an implementation of Modbus that Lineproof's authors did not write.
 *
 *   libmodbus tcp PORT    Modbus TCP; on a free port when it is 0
 *   libmodbus rtu PATH    unit 1 on a serial port
 *
 * It holds what testdata/plc.py holds, without the values, prints "ready PORT" and ends with its standard
 * input. Build: gcc -o libmodbus libmodbus.c -lmodbus -lpthread
 */

#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

enum { UNITS = 3, FIRST = 1000, REGISTERS = 1000, BITS = 100 };

static modbus_mapping_t *maps[UNITS + 1];

static void lay_out(int unit) {
    modbus_mapping_t *m = modbus_mapping_new_start_address(0, BITS, 0, BITS, FIRST, REGISTERS, FIRST, REGISTERS);
    if (m == NULL) exit(1);
    for (int i = 0; i < REGISTERS; i++) {
        m->tab_registers[i] = (uint16_t)((unit << 12) + FIRST + i);
        m->tab_input_registers[i] = m->tab_registers[i] | 0x8000;
    }
    for (int i = 0; i < BITS; i++) {
        m->tab_bits[i] = i % 3 == 0;
        m->tab_input_bits[i] = i % 4 == 0;
    }
    maps[unit] = m;
}

/* Nothing is ever sent to standard input: its end is that of the test. */
static void *end_with_input(void *unused) {
    char c;
    while (read(STDIN_FILENO, &c, 1) > 0) {}
    exit(0);
    return unused;
}

/* answer takes one request, and tells whether the connection goes on. A unit that is not there is silent. */
static int answer(modbus_t *ctx) {
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int n = modbus_receive(ctx, request);
    if (n <= 0) return n == 0;
    int unit = request[modbus_get_header_length(ctx) - 1];
    if (unit < 1 || unit > UNITS) return 1;
    return modbus_reply(ctx, request, n, maps[unit]) >= 0;
}

static void serve_tcp(int port) {
    modbus_t *ctx = modbus_new_tcp("127.0.0.1", port);
    int server = modbus_tcp_listen(ctx, 16);
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    if (server < 0 || getsockname(server, (struct sockaddr *)&at, &size) < 0) {
        fprintf(stderr, "listen: %s\n", modbus_strerror(errno));
        exit(1);
    }
    printf("ready %d\n", ntohs(at.sin_port));
    fflush(stdout);
    fd_set open;
    FD_ZERO(&open);
    FD_SET(server, &open);
    for (int last = server;;) {
        fd_set readable = open;
        if (select(last + 1, &readable, NULL, NULL, NULL) < 0) exit(1);
        for (int fd = 0; fd <= last; fd++) {
            if (!FD_ISSET(fd, &readable)) continue;
            if (fd == server) {
                int client = accept(server, NULL, NULL);
                if (client < 0) continue;
                FD_SET(client, &open);
                if (client > last) last = client;
                continue;
            }
            modbus_set_socket(ctx, fd);
            if (!answer(ctx)) {
                close(fd);
                FD_CLR(fd, &open);
            }
        }
    }
}

static void serve_rtu(const char *path) {
    modbus_t *ctx = modbus_new_rtu(path, 115200, 'N', 8, 1); /* a pseudo-terminal refuses any other parity */
    if (ctx == NULL || modbus_set_slave(ctx, 1) < 0 || modbus_connect(ctx) < 0) {
        fprintf(stderr, "open %s: %s\n", path, modbus_strerror(errno));
        exit(1);
    }
    printf("ready 0\n");
    fflush(stdout);
    for (;;) answer(ctx);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    for (int unit = 1; unit <= UNITS; unit++) lay_out(unit);
    pthread_t watch;
    if (pthread_create(&watch, NULL, end_with_input, NULL) != 0) return 1;
    if (strcmp(argv[1], "rtu") == 0) serve_rtu(argv[2]);
    serve_tcp(atoi(argv[2]));
    return 0;
}
