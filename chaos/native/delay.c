/*
 * Holds back every packet of netfilter queue 0 of the network it runs in, by MILLISECONDS ± JITTER: `delay MILLISECONDS JITTER`.
 * Packets keep no order among them when the jitter says otherwise.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include <libnetfilter_queue/libnetfilter_queue.h>

#define HELD 16384 /* More than that is let go at once. */
#define NS_IN_MS 1000000LL

static struct {
    int64_t due;
    uint32_t id;
} held[HELD];

static int count;
static long delay, jitter;

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int hold(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused)
{
    struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr(data);
    long by = delay + (jitter ? random() % (2 * jitter + 1) - jitter : 0);

    (void)message;
    (void)unused;
    if (!header)
        return 0;
    if (count == HELD)
        return nfq_set_verdict(queue, ntohl(header->packet_id), NF_ACCEPT, 0, NULL);
    held[count].due = now() + by * NS_IN_MS;
    held[count++].id = ntohl(header->packet_id);
    return 0;
}

/* Lets go what is due, and says in how many milliseconds the next is. */
static int release(struct nfq_q_handle *queue)
{
    int64_t time = now(), next = 100 * NS_IN_MS;
    int left = 0;

    for (int i = 0; i < count; i++) {
        if (held[i].due <= time) {
            nfq_set_verdict(queue, held[i].id, NF_ACCEPT, 0, NULL);
            continue;
        }
        if (held[i].due - time < next)
            next = held[i].due - time;
        held[left++] = held[i];
    }
    count = left;
    return next / NS_IN_MS + 1;
}

int main(int argc, char **argv)
{
    static char buffer[1 << 16] __attribute__((aligned));
    struct nfq_handle *handle = nfq_open();
    struct nfq_q_handle *queue = handle ? nfq_create_queue(handle, 0, hold, NULL) : NULL;

    if (argc != 3 || !queue || nfq_set_mode(queue, NFQNL_COPY_META, 0) < 0) {
        fprintf(stderr, "usage: delay MILLISECONDS JITTER, as root\n");
        return 2;
    }
    delay = atol(argv[1]);
    jitter = atol(argv[2]);
    nfq_set_queue_maxlen(queue, HELD);

    struct pollfd wait = { .fd = nfq_fd(handle), .events = POLLIN };

    for (;;) {
        if (poll(&wait, 1, release(queue)) <= 0)
            continue;
        ssize_t length = recv(wait.fd, buffer, sizeof(buffer), 0);

        if (length > 0)
            nfq_handle_packet(handle, buffer, length);
        else if (errno != ENOBUFS && errno != EINTR)
            return 1;
    }
}
