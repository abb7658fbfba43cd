#include <zlib.h>

// deflateInit2 is a macro that Swift cannot import. 15 + 16: the largest window, gzip's envelope (zlib.h).
static inline int czlib_start_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
