#include <zlib.h>

// deflateInit2 is a macro, which Swift cannot see.
static inline int tilleul_deflate_init_gzip(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

// So is inflateInit2: the parts of a zip file are deflated without any header of their own.
static inline int tilleul_inflate_init_raw(z_streamp stream) {
    return inflateInit2(stream, -15);
}
