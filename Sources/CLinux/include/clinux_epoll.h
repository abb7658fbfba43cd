#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

// accept4(2) hides behind _GNU_SOURCE, which must not be defined in a module's header.
int clinux_accept4(int listener, int flags);
