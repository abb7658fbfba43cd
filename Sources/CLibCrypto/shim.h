#pragma once
// OpenSSL's primitives. libssh2 and libcurl stand on the same library, so it is there anyway.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// A parameter keeps the address of its name: a literal's stays, that of a String which Swift passes is good for the one call.
static inline OSSL_PARAM clibcrypto_mac_size(size_t *size) {
    return OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, size);
}
