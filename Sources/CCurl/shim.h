#include <curl/curl.h>

// curl_easy_setopt takes any number of arguments, which Swift cannot call. An option can fail only for want of memory.
static inline void tilleul_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    curl_easy_setopt(handle, option, value);
}

static inline void tilleul_curl_set_number(CURL *handle, CURLoption option, long value) {
    curl_easy_setopt(handle, option, value);
}

static inline void tilleul_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    curl_easy_setopt(handle, option, value);
}

static inline void tilleul_curl_set_buffer(CURL *handle, CURLoption option, char *value) {
    curl_easy_setopt(handle, option, value);
}

typedef size_t (*tilleul_curl_reader)(char *room, size_t size, size_t count, void *source);

static inline void tilleul_curl_set_reader(CURL *handle, tilleul_curl_reader reader, void *source) {
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
    curl_easy_setopt(handle, CURLOPT_READDATA, source);
}
