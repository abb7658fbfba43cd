// The limit for parsing `wg show all dump`: fields by memchr, the public key decoded and the preshared key checked by
// table, numbers with overflow checks, peers stored, endpoint and allowed IPs copied, the answer wiped. It does not look
// for a peer that is there twice, nor at the shape of endpoints and allowed IPs, and knows one interface at a time.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct peer {
    uint64_t key[4], rx, tx, handshake;
    uint32_t endpoint, endpoint_length, allowed, allowed_length;
    uint16_t keepalive;
    uint8_t preshared;
};

static int8_t value[256];

static void fill(void)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    memset(value, -1, sizeof value);
    for (int i = 0; i < 64; i++) value[(uint8_t)alphabet[i]] = (int8_t)i;
}

static int decode(const uint8_t *text, uint8_t key[33])
{
    int bad = 0;
    for (int i = 0; i < 11; i++, text += 4) {
        int a = value[text[0]], b = value[text[1]], c = value[text[2]], d = i < 10 ? value[text[3]] : 0;
        bad |= a | b | c | d;
        uint32_t bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
        key[3 * i] = (uint8_t)(bits >> 16);
        key[3 * i + 1] = (uint8_t)(bits >> 8);
        key[3 * i + 2] = (uint8_t)bits;
    }
    return bad >= 0 && text[-1] == '=' && key[32] == 0;
}

static int check(const uint8_t *text)
{
    int bad = 0;
    for (int i = 0; i < 43; i++) bad |= value[text[i]];
    return bad >= 0 && text[43] == '=' && (value[text[42]] & 3) == 0;
}

static int number(const uint8_t *text, const uint8_t *end, uint64_t *result)
{
    uint64_t sum = 0;
    if (text == end) return 0;
    for (; text < end; text++) {
        uint8_t digit = (uint8_t)(*text - '0');
        if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, digit, &sum)) return 0;
    }
    *result = sum;
    return 1;
}

static int is_none(const uint8_t *text, size_t length) { return length == 6 && memcmp(text, "(none)", 6) == 0; }

struct answer {
    struct peer *list;
    uint8_t *text;
    size_t peers;
};

struct answer *limit_parse(uint8_t *bytes, size_t size)
{
    if (value[0] == 0) fill();
    size_t room = 64, peers = 0, text_room = 4096, text_used = 0;
    struct peer *list = malloc(room * sizeof *list);
    uint8_t *text = malloc(text_room);
    const uint8_t *next = bytes, *end = bytes + size, *newline;
    while (next < end && (newline = memchr(next, '\n', (size_t)(end - next)))) {
        const uint8_t *field[9], *stop[9];
        int fields = 0;
        for (const uint8_t *at = next;;) {
            const uint8_t *t = memchr(at, '\t', (size_t)(newline - at));
            if (fields < 9) field[fields] = at, stop[fields] = t ? t : newline;
            fields++;
            if (!t) break;
            at = t + 1;
        }
        next = newline + 1;
        if (fields != 9) continue;
        struct peer peer = {0};
        uint8_t key[33];
        uint64_t keepalive = 0;
        if (stop[1] - field[1] != 44 || !decode(field[1], key)) continue;
        memcpy(peer.key, key, 32);
        size_t secret = (size_t)(stop[2] - field[2]), endpoint = (size_t)(stop[3] - field[3]),
               allowed = (size_t)(stop[4] - field[4]);
        peer.preshared = !is_none(field[2], secret);
        if (peer.preshared && (secret != 44 || !check(field[2]))) continue;
        if (!number(field[5], stop[5], &peer.handshake) || !number(field[6], stop[6], &peer.rx)
            || !number(field[7], stop[7], &peer.tx)) continue;
        if (stop[8] - field[8] != 3 || memcmp(field[8], "off", 3) != 0)
            if (!number(field[8], stop[8], &keepalive) || keepalive > 65535) continue;
        peer.keepalive = (uint16_t)keepalive;
        if (is_none(field[3], endpoint)) endpoint = 0;
        if (is_none(field[4], allowed)) allowed = 0;
        while (text_room - text_used < endpoint + allowed) text = realloc(text, text_room *= 2);
        memcpy(text + text_used, field[3], endpoint);
        peer.endpoint = (uint32_t)text_used, peer.endpoint_length = (uint32_t)endpoint;
        text_used += endpoint;
        memcpy(text + text_used, field[4], allowed);
        peer.allowed = (uint32_t)text_used, peer.allowed_length = (uint32_t)allowed;
        text_used += allowed;
        if (peers == room) list = realloc(list, (room *= 2) * sizeof *list);
        list[peers++] = peer;
    }
    explicit_bzero(bytes, size);
    struct answer *answer = malloc(sizeof *answer);
    *answer = (struct answer){list, text, peers};
    return answer;
}

uint64_t limit_checksum(const struct answer *answer)
{
    uint64_t sum = 0;
    for (const struct peer *p = answer->list; p < answer->list + answer->peers; p++) {
        for (int i = 0; i < 4; i++) sum = sum * 31 + p->key[i];
        sum += p->rx + 3 * p->tx + 5 * p->handshake + 7 * p->keepalive + 11 * p->preshared;
        for (uint32_t i = 0; i < p->endpoint_length; i++) sum = sum * 31 + answer->text[p->endpoint + i];
        for (uint32_t i = 0; i < p->allowed_length; i++) sum = sum * 31 + answer->text[p->allowed + i];
    }
    return sum;
}

void limit_free(struct answer *answer)
{
    free(answer->list);
    free(answer->text);
    free(answer);
}
