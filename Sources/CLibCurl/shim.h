#pragma once
#include <curl/curl.h>

// curl_easy_setopt(3) and curl_easy_getinfo(3) are variadic, which Swift cannot import: one function a kind of argument.
// The names stand in parentheses because curl.h also has macros of them.
static inline CURLcode clibcurl_set_number(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_receiver(CURL *handle, CURLoption option, curl_write_callback value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode clibcurl_set_socket_opener(CURL *handle, curl_opensocket_callback value) {
    return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}
static inline long clibcurl_number(CURL *handle, CURLINFO info) {
    long value = 0;
    (curl_easy_getinfo)(handle, info, &value);
    return value;
}
static inline curl_off_t clibcurl_size(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    (curl_easy_getinfo)(handle, info, &value);
    return value;
}
static inline struct curl_certinfo *clibcurl_certificates(CURL *handle) {
    struct curl_certinfo *value = 0;
    (curl_easy_getinfo)(handle, CURLINFO_CERTINFO, &value);
    return value;
}
// The result lies in a union, the kind of message beside it: the handle that is done, or null when no message is left.
static inline CURL *clibcurl_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return 0;
}
