#pragma once
#include <libssh2.h>
// malloc_usable_size(3): what a freed block really held, so that all of it can be zeroed.
#include <malloc.h>
// libssh2's own crypto library; its -dev package depends on libssl-dev. For digests, for unlocking keys, for signing with them.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
