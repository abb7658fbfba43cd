// The kernel's headers that Swift's Glibc module leaves out, and the few calls
// that Swift cannot say. One header a subject.
#include "clinux_epoll.h"
#include "clinux_netlink.h"
