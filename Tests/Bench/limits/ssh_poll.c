// The limit for polling a node: one libssh2 session, blocking, one exec channel a poll, all of stdout read, channel closed.
#include <arpa/inet.h>
#include <libssh2.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct node {
    int descriptor;
    LIBSSH2_SESSION *session;
};

void ssh_end(struct node *node)
{
    if (node->session) {
        libssh2_session_disconnect(node->session, "done");
        libssh2_session_free(node->session);
    }
    close(node->descriptor);
    free(node);
}

struct node *ssh_begin(int port, const char *user, const char *public_key, const char *private_key)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct node *node = calloc(1, sizeof *node);
    int one = 1;
    node->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(node->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (libssh2_init(0) == 0 && connect(node->descriptor, (struct sockaddr *)&address, sizeof address) == 0
        && (node->session = libssh2_session_init())
        && libssh2_session_handshake(node->session, node->descriptor) == 0
        && libssh2_userauth_publickey_fromfile(node->session, user, public_key, private_key, "") == 0)
        return node;
    ssh_end(node);
    return NULL;
}

// Bytes of stdout; -1: failed.
long ssh_poll(struct node *node, const char *command)
{
    LIBSSH2_CHANNEL *channel = libssh2_channel_open_session(node->session);
    if (!channel || libssh2_channel_exec(channel, command)) return -1;
    size_t room = 65536, size = 0;
    char *text = malloc(room);
    long got;
    while ((got = libssh2_channel_read(channel, text + size, room - size)) > 0)
        if ((size += (size_t)got) == room) text = realloc(text, room *= 2);
    libssh2_channel_close(channel);
    libssh2_channel_wait_closed(channel);
    int status = libssh2_channel_get_exit_status(channel);
    libssh2_channel_free(channel);
    free(text);
    return got == 0 && status == 0 ? (long)size : -1;
}
