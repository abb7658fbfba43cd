// What booking must cost: the same tables, the same pages and the same durability as Sources/Store, by SQLite's C functions
// alone. The database is one that vpn-web made; also fills one with years of history.
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { uint32_t seat, owner; uint8_t slot, gap; uint64_t rx, tx, peak; } item;
typedef struct { uint32_t seat; uint64_t rx, tx; int64_t handshake; } entry;  // counters as shown; what differs is booked
typedef struct { int64_t bucket; uint64_t rx, tx; } five;
typedef struct { int64_t counter, owner, since, handshake, until; uint64_t rx, tx; } session;
typedef struct {
    int64_t id, handshake;
    uint64_t rx, tx;
    int known, moved;
    five fives[8];
    session session;  // the one under way
} cursor;

enum { FIVES, HOURS, DAYS, EIGHT, SIXTY_FOUR, NODE_HOURS, NODE_DAYS, TABLES };
static const char *const tables[] = { "five_minutes", "hours", "days", "eight_days", "sixty_four_days", "node_hours", "node_days" };
static const int64_t width[] = { 0, 1, 1, 8, 64, 1, 64 };  // days a page
static int hasPeak(int table) { return table >= DAYS && table <= SIXTY_FOUR; }

typedef struct {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert, *counter, *total, *interface, *node, *select[TABLES], *upsert[TABLES], *count, *counts, *session;
    int64_t interfaceID, sample, at;
    int waiting, tail, peers;
    cursor *cursors;
    session *ended;
    size_t endedCount, endedRoom;
} journal;

static void check(sqlite3 *db, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void run(sqlite3 *db, sqlite3_stmt *statement) {
    check(db, sqlite3_step(statement));
    sqlite3_reset(statement);
}

// Varints.

typedef struct { uint8_t *bytes; size_t count, room; } buffer;

static void put(buffer *b, uint64_t value) {
    if (b->count + 10 > b->room) b->bytes = realloc(b->bytes, b->room = b->room * 2 + 256);
    for (; value >= 0x80; value >>= 7) b->bytes[b->count++] = (uint8_t)value | 0x80;
    b->bytes[b->count++] = (uint8_t)value;
}

static void putSigned(buffer *b, int64_t value) { put(b, (uint64_t)value << 1 ^ (uint64_t)(value >> 63)); }

static uint64_t take(const uint8_t **place) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*place)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

// Pages.

static int64_t key(int64_t bucket, int64_t node, int64_t chunk) { return bucket << 32 | node << 16 | chunk; }

static int same(const item *a, const item *b) { return a->seat == b->seat && a->owner == b->owner; }

static int order(const item *a, const item *b) {
    if (a->seat != b->seat) return a->seat < b->seat ? -1 : 1;
    if (a->owner != b->owner) return a->owner < b->owner ? -1 : 1;
    return (int)a->slot - (int)b->slot;
}

static void encode(buffer *b, const item *items, size_t count, uint32_t seat, int peaks) {
    b->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !same(&items[i], &items[i - 1])) {
            put(b, items[i].seat - seat);
            put(b, items[i].owner);
            seat = items[i].seat;
        }
        int isLast = i + 1 == count || !same(&items[i], &items[i + 1]);
        put(b, (uint64_t)items[i].slot << 2 | (items[i].gap ? 2 : 0) | (isLast ? 1 : 0));
        put(b, items[i].rx);
        put(b, items[i].tx);
        if (peaks) put(b, items[i].peak);
    }
}

static size_t decode(const uint8_t *bytes, size_t size, uint32_t seat, int peaks, item **items, size_t *room) {
    const uint8_t *place = bytes, *end = bytes + size;
    size_t count = 0;
    while (place < end) {
        seat += (uint32_t)take(&place);
        uint32_t owner = (uint32_t)take(&place);
        for (int isLast = 0; !isLast;) {
            if (count == *room) *items = realloc(*items, (*room = *room * 2 + 64) * sizeof(item));
            item *one = &(*items)[count++];
            uint64_t tag = take(&place);
            isLast = tag & 1;
            *one = (item){ seat, owner, (uint8_t)(tag >> 2), (tag & 2) != 0, 0, 0, 0 };
            one->rx = take(&place);
            one->tx = take(&place);
            if (peaks) one->peak = take(&place);
        }
    }
    return count;
}

static size_t merge(const item *old, size_t count, const item *news, size_t more, item *merged) {
    size_t next = 0, size = 0;
    for (size_t i = 0; i < more; i++) {
        while (next < count && order(&old[next], &news[i]) <= 0) merged[size++] = old[next++];
        if (size && order(&merged[size - 1], &news[i]) == 0) {
            merged[size - 1].rx += news[i].rx;
            merged[size - 1].tx += news[i].tx;
            if (news[i].peak > merged[size - 1].peak) merged[size - 1].peak = news[i].peak;
        } else {
            merged[size++] = news[i];
        }
    }
    while (next < count) merged[size++] = old[next++];
    return size;
}

// Gives how many items are on the page now; they are in *page until the next call.
static size_t addToPage(journal *j, int table, int64_t id, uint32_t base, const item *news, size_t more, item **page) {
    static item *old, *merged;
    static size_t room, mergedRoom;
    static buffer blob;
    size_t count = 0;
    sqlite3_bind_int64(j->select[table], 1, id);
    if (sqlite3_step(j->select[table]) == SQLITE_ROW)
        count = decode(sqlite3_column_blob(j->select[table], 0), sqlite3_column_bytes(j->select[table], 0), base,
                       hasPeak(table), &old, &room);
    sqlite3_reset(j->select[table]);
    if (mergedRoom < count + more) merged = realloc(merged, (mergedRoom = count + more) * sizeof(item));
    size_t size = merge(old, count, news, more, merged);
    encode(&blob, merged, size, base, hasPeak(table));
    sqlite3_bind_int64(j->upsert[table], 1, id);
    sqlite3_bind_blob(j->upsert[table], 2, blob.bytes, (int)blob.count, SQLITE_STATIC);
    run(j->db, j->upsert[table]);
    *page = merged;
    return size;
}

// Booking: one node, one interface, counters with their seats as vpn-web numbered them.

journal *limit_open(const char *path, int peers, int tail) {
    journal *j = calloc(1, sizeof *j);
    check(NULL, sqlite3_open(path, &j->db));
    check(j->db, sqlite3_exec(j->db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", NULL, NULL, NULL));
    j->peers = peers;
    j->tail = tail;
    j->cursors = calloc((size_t)peers, sizeof(cursor));
    sqlite3_stmt *rows = prepare(j->db, "SELECT seat, id, rx, tx, handshake, interface FROM counters");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        cursor *c = &j->cursors[sqlite3_column_int64(rows, 0)];
        c->id = sqlite3_column_int64(rows, 1);
        c->rx = (uint64_t)sqlite3_column_int64(rows, 2);
        c->tx = (uint64_t)sqlite3_column_int64(rows, 3);
        c->handshake = sqlite3_column_int64(rows, 4);
        c->session = (session){ c->id, 0, c->handshake, c->handshake, c->handshake, 0, 0 };
        j->interfaceID = sqlite3_column_int64(rows, 5);
    }
    sqlite3_finalize(rows);
    rows = prepare(j->db, "SELECT samples FROM nodes");
    if (sqlite3_step(rows) == SQLITE_ROW) j->sample = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    j->begin = prepare(j->db, "BEGIN IMMEDIATE");
    j->commit = prepare(j->db, "COMMIT");
    j->insert = prepare(j->db, "INSERT INTO journal (node, sample, at, fingerprint, body) VALUES (1, ?, ?, ?, ?)");
    j->counter = prepare(j->db, "UPDATE counters SET rx = ?, tx = ?, handshake = ?, read_sample = ?, read_at = ?, "
                                "session = ?, dated_from = ? WHERE id = ?");
    j->total = prepare(j->db, "INSERT INTO totals VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT DO UPDATE SET "
                              "rx = rx + excluded.rx, tx = tx + excluded.tx");
    j->interface = prepare(j->db, "UPDATE interfaces SET seen_sample = ?1, seen_at = ?2, complete_sample = ?1, complete_at = ?2");
    j->node = prepare(j->db, "UPDATE nodes SET samples = ?, last_at = ?, recent = ? WHERE id = 1");
    j->count = prepare(j->db, "SELECT counts FROM activity WHERE id = ?");
    j->counts = prepare(j->db, "INSERT INTO activity VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET counts = excluded.counts");
    j->session = prepare(j->db, "INSERT INTO peer_sessions (counter, owner, since, handshake, until, rx, tx, network) "
                                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (int t = FIVES; t < TABLES; t++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT body FROM %s WHERE id = ?", tables[t]);
        j->select[t] = prepare(j->db, sql);
        snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", tables[t]);
        j->upsert[t] = prepare(j->db, sql);
    }
    return j;
}

static void setActivity(journal *j, int64_t bucket, size_t count) {
    uint8_t counts[576] = { 0 };
    sqlite3_bind_int64(j->count, 1, key(bucket / 288, 1, 0));
    if (sqlite3_step(j->count) == SQLITE_ROW) memcpy(counts, sqlite3_column_blob(j->count, 0), sizeof counts);
    sqlite3_reset(j->count);
    counts[bucket % 288 * 2] = (uint8_t)count;
    counts[bucket % 288 * 2 + 1] = (uint8_t)(count >> 8);
    sqlite3_bind_int64(j->counts, 1, key(bucket / 288, 1, 0));
    sqlite3_bind_blob(j->counts, 2, counts, sizeof counts, SQLITE_STATIC);
    run(j->db, j->counts);
}

// A handshake more than 180 s after the one before begins another session.
static void enter(journal *j, cursor *c, int64_t owner, int64_t handshake, uint64_t rx, uint64_t tx, int64_t at) {
    session *s = &c->session;
    if (handshake - s->handshake > 180) {
        if (j->endedCount == j->endedRoom)
            j->ended = realloc(j->ended, (j->endedRoom = j->endedRoom * 2 + 64) * sizeof(session));
        j->ended[j->endedCount++] = *s;
        *s = (session){ c->id, owner, handshake, handshake, at, 0, 0 };
    }
    s->owner = owner;
    s->handshake = handshake;
    s->until = at;
    s->rx += rx;
    s->tx += tx;
}

static void insertSessions(journal *j) {
    for (size_t i = 0; i < j->endedCount; i++) {
        const session *s = &j->ended[i];
        int64_t values[] = { s->counter, s->owner, s->since, s->handshake, s->until, (int64_t)s->rx, (int64_t)s->tx, 0xc00002 };
        for (int v = 0; v < 8; v++) sqlite3_bind_int64(j->session, v + 1, values[v]);
        run(j->db, j->session);
    }
    j->endedCount = 0;
}

static void fold(journal *j) {
    insertSessions(j);
    static item *news;
    static uint64_t *peaks;
    static int room;
    if (room < j->peers) {
        news = realloc(news, (size_t)(room = j->peers) * sizeof(item));
        peaks = realloc(peaks, (size_t)room * sizeof *peaks);
    }
    memset(peaks, 0, (size_t)j->peers * sizeof *peaks);
    static buffer session;
    int64_t buckets[8];
    int known = 0;
    for (int s = 0; s < j->peers; s++) {
        cursor *c = &j->cursors[s];
        if (!c->moved) continue;
        c->moved = 0;
        sqlite3_bind_int64(j->counter, 1, (int64_t)c->rx);
        sqlite3_bind_int64(j->counter, 2, (int64_t)c->tx);
        sqlite3_bind_int64(j->counter, 3, c->handshake);
        sqlite3_bind_int64(j->counter, 4, j->sample);
        sqlite3_bind_int64(j->counter, 5, j->at);
        session.count = 0;
        put(&session, (uint64_t)c->session.owner);
        putSigned(&session, c->session.since);
        putSigned(&session, c->session.handshake);
        putSigned(&session, c->session.until);
        put(&session, c->session.rx);
        put(&session, c->session.tx);
        put(&session, 0xc00003);
        sqlite3_bind_blob(j->counter, 6, session.bytes, (int)session.count, SQLITE_STATIC);
        sqlite3_bind_int64(j->counter, 7, j->at);
        sqlite3_bind_int64(j->counter, 8, c->id);
        run(j->db, j->counter);
        uint64_t rx = 0, tx = 0;
        for (int f = 0; f < c->known; f++) {
            rx += c->fives[f].rx;
            tx += c->fives[f].tx;
            int b = 0;
            while (b < known && buckets[b] != c->fives[f].bucket) b++;
            if (b == known && known < 8) buckets[known++] = c->fives[f].bucket;
        }
        sqlite3_bind_int64(j->total, 1, c->id);
        sqlite3_bind_int64(j->total, 2, s % 300 + 1);
        sqlite3_bind_int64(j->total, 3, (int64_t)rx);
        sqlite3_bind_int64(j->total, 4, (int64_t)tx);
        run(j->db, j->total);
    }
    item *page;
    for (int b = 0; b < known; b++) {
        size_t count = 0;
        for (int s = 0; s < j->peers; s++)
            for (int f = 0; f < j->cursors[s].known; f++)
                if (j->cursors[s].fives[f].bucket == buckets[b])
                    news[count++] = (item){ (uint32_t)s, (uint32_t)(s % 300 + 1), 0, 0, j->cursors[s].fives[f].rx, j->cursors[s].fives[f].tx, 0 };
        size_t size = addToPage(j, FIVES, key(buckets[b], 1, 0), 0, news, count, &page);
        for (size_t i = 0; i < size; i++)
            if (page[i].rx + page[i].tx > peaks[page[i].seat]) peaks[page[i].seat] = page[i].rx + page[i].tx;
        setActivity(j, buckets[b], size);
    }
    for (int t = HOURS; t <= SIXTY_FOUR; t++)
        for (int b = 0; b < known; b++) {
            int64_t hour = buckets[b] / 12, day = hour / 24;
            for (int chunk = 0; chunk * 64 < j->peers; chunk++) {
                size_t count = 0;
                for (int s = chunk * 64; s < j->peers && s < chunk * 64 + 64; s++)
                    for (int f = 0; f < j->cursors[s].known; f++)
                        if (j->cursors[s].fives[f].bucket == buckets[b])
                            news[count++] = (item){ (uint32_t)s, (uint32_t)(s % 300 + 1), t == HOURS ? (uint8_t)(hour % 24) : 0, 0,
                                                    j->cursors[s].fives[f].rx, j->cursors[s].fives[f].tx, hasPeak(t) ? peaks[s] : 0 };
                if (count) addToPage(j, t, key(day / width[t], 1, chunk), (uint32_t)chunk * 64, news, count, &page);
            }
        }
    for (int b = 0; b < known; b++) {
        item sum = { 0, 0, (uint8_t)(buckets[b] / 12 % 24), 0, 0, 0, 0 };
        for (int s = 0; s < j->peers; s++)
            for (int f = 0; f < j->cursors[s].known; f++)
                if (j->cursors[s].fives[f].bucket == buckets[b]) {
                    sum.rx += j->cursors[s].fives[f].rx;
                    sum.tx += j->cursors[s].fives[f].tx;
                }
        addToPage(j, NODE_HOURS, key(buckets[b] / 288, 1, 0), 0, &sum, 1, &page);
        sum.slot = (uint8_t)(buckets[b] / 288 % 64);
        addToPage(j, NODE_DAYS, key(buckets[b] / 288 / 64, 1, 0), 0, &sum, 1, &page);
    }
    for (int s = 0; s < j->peers; s++) j->cursors[s].known = 0;
    sqlite3_bind_int64(j->interface, 1, j->sample);
    sqlite3_bind_int64(j->interface, 2, j->at);
    run(j->db, j->interface);
    uint8_t recent[64] = { 1 };
    sqlite3_bind_int64(j->node, 1, j->sample);
    sqlite3_bind_int64(j->node, 2, j->at);
    sqlite3_bind_blob(j->node, 3, recent, sizeof recent, SQLITE_STATIC);
    run(j->db, j->node);
}

void limit_book(journal *j, const entry *entries, int count, int64_t at) {
    static buffer blob;
    run(j->db, j->begin);
    j->sample++;
    j->at = at;
    blob.count = 0;
    put(&blob, 1);
    put(&blob, 1);
    put(&blob, (uint64_t)j->interfaceID);
    put(&blob, (uint64_t)count);
    int64_t seat = 0;
    for (int i = 0; i < count; i++) {
        cursor *c = &j->cursors[entries[i].seat];
        uint64_t rx = entries[i].rx - c->rx, tx = entries[i].tx - c->tx;
        int isNew = entries[i].handshake != c->handshake;
        putSigned(&blob, ((int64_t)entries[i].seat - seat) * 8 | (isNew ? 2 : 0));
        seat = entries[i].seat;
        put(&blob, (uint64_t)seat % 300 + 1);
        put(&blob, rx);
        put(&blob, tx);
        if (isNew) {
            putSigned(&blob, at - entries[i].handshake);
            put(&blob, (0xc00002ull << 1) + 1);
        }
        enter(j, c, seat % 300 + 1, entries[i].handshake, rx, tx, at);
        c->rx = entries[i].rx;
        c->tx = entries[i].tx;
        c->handshake = entries[i].handshake;
        c->moved = 1;
        int64_t bucket = at / 300;
        if (c->known == 0 || c->fives[c->known - 1].bucket != bucket) c->fives[c->known++] = (five){ bucket, 0, 0 };
        c->fives[c->known - 1].rx += rx;
        c->fives[c->known - 1].tx += tx;
    }
    sqlite3_bind_int64(j->insert, 1, j->sample);
    sqlite3_bind_int64(j->insert, 2, at);
    sqlite3_bind_int64(j->insert, 3, (int64_t)((uint64_t)at * 0x9e3779b97f4a7c15ull));
    sqlite3_bind_blob(j->insert, 4, blob.bytes, (int)blob.count, SQLITE_STATIC);
    run(j->db, j->insert);
    if (++j->waiting >= j->tail) {
        fold(j);
        j->waiting = 0;
    }
    run(j->db, j->commit);
}

// Years of history for a database with `nodes` nodes of `peers` counters each, numbered alike, up to the hour of `until`.

static uint64_t state = 88172645463325252ull;
static uint64_t chance(uint64_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}
// From a few hundred bytes to some hundred megabytes.
static uint64_t bytes(void) { return chance(1ull << (8 + chance(20))) + 64; }

static void insertBlob(sqlite3 *db, sqlite3_stmt *statement, int64_t id, const void *blob, size_t size) {
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_blob(statement, 2, blob, (int)size, SQLITE_STATIC);
    run(db, statement);
}

// Adds a day of a node to its wide page, and writes what is full.
static void addWide(sqlite3 *db, sqlite3_stmt *into, buffer *blob, item *wide, int peers, const item *day, size_t count,
                    int64_t d, int isLast, int n, int64_t width) {
    for (size_t i = 0; i < count; i++) {
        item *sum = &wide[day[i].seat];
        *sum = (item){ day[i].seat, day[i].owner, 0, sum->gap | day[i].gap, sum->rx + day[i].rx, sum->tx + day[i].tx,
                       sum->peak > day[i].peak ? sum->peak : day[i].peak };
    }
    if ((d + 1) % width && !isLast) return;
    item page[64];
    for (int chunk = 0; chunk * 64 < peers; chunk++) {
        size_t size = 0;
        for (int s = chunk * 64; s < peers && s < chunk * 64 + 64; s++)
            if (wide[s].owner) page[size++] = wide[s];
        if (!size) continue;
        encode(blob, page, size, (uint32_t)chunk * 64, 1);
        insertBlob(db, into, key(d / width, n, chunk), blob->bytes, blob->count);
    }
    memset(wide, 0, (size_t)peers * sizeof *wide);
}

void limit_fill(const char *path, int nodes, int peers, int64_t until, int days, int hourDays, int fiveDays, int sampleHours, int poll) {
    sqlite3 *db;
    check(NULL, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000", NULL, NULL, NULL));
    sqlite3_stmt *into[TABLES];
    for (int t = FIVES; t < TABLES; t++) {
        char sql[100];
        snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s VALUES (?, ?)", tables[t]);
        into[t] = prepare(db, sql);
    }
    sqlite3_stmt *activity = prepare(db, "INSERT OR REPLACE INTO activity VALUES (?, ?)");
    sqlite3_stmt *session = prepare(db, "INSERT INTO peer_sessions (counter, owner, since, handshake, until, rx, tx, network) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    buffer blob = { 0 };
    int64_t today = until / 86400, firstSampled = (until - sampleHours * 3600) / 300;
    item *day = malloc((size_t)peers * sizeof(item)), *hours = malloc((size_t)peers * 24 * sizeof(item)), *now = malloc((size_t)peers * sizeof(item));
    uint32_t *active = malloc((size_t)peers * sizeof *active);  // a bit for each hour
    item *nodeDays = calloc((size_t)nodes * 64, sizeof(item));
    item *wide[] = { calloc((size_t)nodes * peers, sizeof(item)), calloc((size_t)nodes * peers, sizeof(item)) };
    for (int64_t d = today - days; d <= today; d++) {
        check(db, sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
        for (int n = 1; n <= nodes; n++) {
            size_t count = 0, hourly = 0;
            for (int s = 0; s < peers; s++) {
                active[s] = 0;
                // Half of all keys are used on a day, eight hours long.
                if (chance(2)) continue;
                uint32_t first = (uint32_t)chance(17), owner = (uint32_t)(s % 2000 + 1);
                item sum = { (uint32_t)s, owner, 0, chance(50) == 0, 0, 0, 0 };
                for (uint32_t h = first; h < first + 8; h++) {
                    if (d * 24 + h >= until / 3600) break;
                    active[s] |= 1u << h;
                    hours[hourly++] = (item){ (uint32_t)s, owner, (uint8_t)h, sum.gap, bytes(), bytes() * 8, 0 };
                    sum.rx += hours[hourly - 1].rx;
                    sum.tx += hours[hourly - 1].tx;
                }
                sum.peak = (sum.rx + sum.tx) / 40;
                if (active[s]) day[count++] = sum;
            }
            item *whole = &nodeDays[(n - 1) * 64 + d % 64];
            *whole = (item){ 0, 0, (uint8_t)(d % 64), 0, 0, 0, 0 };
            for (size_t i = 0; i < count; i++) {
                whole->gap |= day[i].gap;
                whole->rx += day[i].rx;
                whole->tx += day[i].tx;
            }
            if (d % 64 == 63 || d == today) {
                int64_t first = d / 64 * 64 < today - days ? today - days : d / 64 * 64, last = count ? d : d - 1;
                encode(&blob, &nodeDays[(n - 1) * 64 + first % 64], (size_t)(last - first + 1), 0, 0);
                if (first <= last) insertBlob(db, into[NODE_DAYS], key(d / 64, n, 0), blob.bytes, blob.count);
            }
            for (int t = EIGHT; t <= SIXTY_FOUR; t++)
                addWide(db, into[t], &blob, wide[t - EIGHT] + (size_t)(n - 1) * peers, peers, day, count, d, d == today, n, width[t]);
            item sums[24] = { 0 };
            for (size_t i = 0; i < hourly; i++) {
                item *sum = &sums[hours[i].slot];
                *sum = (item){ 0, 0, hours[i].slot, sum->gap | hours[i].gap, sum->rx + hours[i].rx, sum->tx + hours[i].tx, 0 };
            }
            size_t first = 24, last = 0;  // hours with anything are neighbours
            for (size_t h = 0; h < 24; h++)
                if (sums[h].rx) {
                    if (first == 24) first = h;
                    last = h;
                }
            if (first < 24 && d >= today - hourDays) {
                encode(&blob, sums + first, last - first + 1, 0, 0);
                insertBlob(db, into[NODE_HOURS], key(d, n, 0), blob.bytes, blob.count);
            }
            for (int chunk = 0; chunk * 64 < peers; chunk++) {
                size_t a = 0, b = 0;
                while (a < count && day[a].seat < (uint32_t)chunk * 64) a++;
                for (b = a; b < count && day[b].seat < (uint32_t)chunk * 64 + 64;) b++;
                if (a < b) {
                    encode(&blob, day + a, b - a, (uint32_t)chunk * 64, 1);
                    insertBlob(db, into[DAYS], key(d, n, chunk), blob.bytes, blob.count);
                }
                if (d < today - hourDays) continue;
                for (a = 0; a < hourly && hours[a].seat < (uint32_t)chunk * 64;) a++;
                for (b = a; b < hourly && hours[b].seat < (uint32_t)chunk * 64 + 64;) b++;
                if (a < b) {
                    encode(&blob, hours + a, b - a, (uint32_t)chunk * 64, 0);
                    insertBlob(db, into[HOURS], key(d, n, chunk), blob.bytes, blob.count);
                }
            }
            uint8_t counts[576];
            for (int i = 0; i < 288; i++) {
                counts[2 * i] = (uint8_t)(peers / 6);
                counts[2 * i + 1] = (uint8_t)(peers / 6 >> 8);
            }
            insertBlob(db, activity, key(d, n, 0), counts, sizeof counts);
            if (d < today - 90) continue;
            for (size_t i = 0; i < count; i++)
                for (int k = 0; k < 2; k++) {
                    int64_t since = d * 86400 + (int64_t)chance(80000);
                    int64_t values[] = { ((int64_t)n - 1) * peers + day[i].seat + 1, day[i].owner, since, since + 3000, since + 3100,
                                         (int64_t)day[i].rx / 2, (int64_t)day[i].tx / 2, 0xc00002 };
                    for (int v = 0; v < 8; v++) sqlite3_bind_int64(session, v + 1, values[v]);
                    run(db, session);
                }
        }
        for (int64_t f = d * 288; d >= today - fiveDays && f < (d + 1) * 288 && f < firstSampled; f++)
            for (int n = 1; n <= nodes; n++) {
                size_t size = 0;
                // A sixth of all keys, half of it in any five minutes.
                for (int s = 0; s < peers; s++)
                    if (chance(12) == 0) now[size++] = (item){ (uint32_t)s, (uint32_t)(s % 2000 + 1), 0, 0, bytes() / 8, bytes(), 0 };
                encode(&blob, now, size, 0, 0);
                insertBlob(db, into[FIVES], key(f, n, 0), blob.bytes, blob.count);
            }
        check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    }
    sqlite3_stmt *row = prepare(db, "INSERT INTO journal (node, sample, at, fingerprint, body) VALUES (?, ?, ?, 0, ?)");
    check(db, sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
    int64_t sample = 1;
    item *moving = malloc((size_t)nodes * peers * sizeof(item));
    size_t *moved = malloc((size_t)nodes * sizeof *moved);
    for (int64_t f = firstSampled; f < until / 300; f++) {
        // The same keys in all samples of five minutes, a twelfth of all.
        for (int n = 0; n < nodes; n++) {
            moved[n] = 0;
            for (int s = 0; s < peers; s++)
                if (chance(12) == 0) moving[n * peers + (int)moved[n]++] = (item){ (uint32_t)s, (uint32_t)(s % 2000 + 1), 0, 0, 0, 0, 0 };
        }
        for (int64_t at = f * 300; at < (f + 1) * 300; at += poll) {
            sample++;
            for (int n = 0; n < nodes; n++) {
                blob.count = 0;
                put(&blob, 1);
                put(&blob, 1);
                put(&blob, (uint64_t)n + 1);
                put(&blob, moved[n]);
                int64_t seat = 0;
                for (size_t i = 0; i < moved[n]; i++) {
                    item *one = &moving[n * peers + (int)i];
                    uint64_t rx = bytes() / 160, tx = bytes() / 20;
                    putSigned(&blob, ((int64_t)one->seat - seat) * 8);
                    seat = one->seat;
                    put(&blob, one->owner);
                    put(&blob, rx);
                    put(&blob, tx);
                    one->rx += rx;
                    one->tx += tx;
                }
                sqlite3_bind_int64(row, 1, n + 1);
                sqlite3_bind_int64(row, 2, sample);
                sqlite3_bind_int64(row, 3, at);
                sqlite3_bind_blob(row, 4, blob.bytes, (int)blob.count, SQLITE_STATIC);
                run(db, row);
            }
        }
        for (int n = 0; n < nodes; n++) {
            encode(&blob, moving + n * peers, moved[n], 0, 0);
            insertBlob(db, into[FIVES], key(f, n + 1, 0), blob.bytes, blob.count);
        }
    }
    free(moving);
    free(moved);
    // None of it waits, and what is not there is forgotten.
    char sql[300];
    snprintf(sql, sizeof sql,
             "UPDATE nodes SET samples = %lld; INSERT INTO horizons VALUES ('samples', %lld), ('five_minutes', %lld), "
             "('hours', %lld), ('sessions', %lld)",
             (long long)sample, (long long)firstSampled * 300, (long long)(today - fiveDays) * 86400,
             (long long)(today - hourDays) * 86400, (long long)(today - 90) * 86400);
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    check(db, sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
    for (sqlite3_stmt *each; (each = sqlite3_next_stmt(db, NULL));) sqlite3_finalize(each);
    check(NULL, sqlite3_close(db));
    free(blob.bytes);
    free(day);
    free(hours);
    free(now);
    free(active);
    free(nodeDays);
    free(wide[0]);
    free(wide[1]);
}

// What questions must cost: the same pages, read and added up by C. Owners and seats are those of limit_fill.

typedef struct { sqlite3 *db; sqlite3_stmt *range[TABLES], *one; item *sums, *page; int nodes, peers; size_t room; } reader;

reader *limit_reader(const char *path, int nodes, int peers) {
    reader *r = calloc(1, sizeof *r);
    check(NULL, sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READONLY, NULL));
    r->nodes = nodes;
    r->peers = peers;
    r->sums = calloc((size_t)nodes * 2048, sizeof(item));
    for (int t = DAYS; t <= SIXTY_FOUR; t++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT id, body FROM %s WHERE id >= ? AND id < ?", tables[t]);
        r->range[t] = prepare(r->db, sql);
    }
    r->one = prepare(r->db, "SELECT body FROM hours WHERE id = ?");
    return r;
}

static void addRange(reader *r, int table, int64_t first, int64_t last) {
    sqlite3_bind_int64(r->range[table], 1, key(first, 0, 0));
    sqlite3_bind_int64(r->range[table], 2, key(last, 0, 0));
    while (sqlite3_step(r->range[table]) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(r->range[table], 0);
        item *sums = r->sums + ((id >> 16 & 0xffff) - 1) * 2048;
        size_t count = decode(sqlite3_column_blob(r->range[table], 1), sqlite3_column_bytes(r->range[table], 1),
                              (uint32_t)(id & 0xffff) << 6, 1, &r->page, &r->room);
        for (size_t i = 0; i < count; i++) {
            item *sum = &sums[r->page[i].owner & 2047];
            sum->rx += r->page[i].rx;
            sum->tx += r->page[i].tx;
            sum->gap |= r->page[i].gap;
            if (r->page[i].peak > sum->peak) sum->peak = r->page[i].peak;
        }
    }
    sqlite3_reset(r->range[table]);
}

static void cover(reader *r, int table, int64_t first, int64_t last) {
    int64_t low = (first + 7) / 8, high = last / 8;
    if (table == SIXTY_FOUR || low >= high) {
        addRange(r, table, first, last);
        return;
    }
    if (first < low * 8) addRange(r, table, first, low * 8);
    cover(r, table + 1, low, high);
    if (high * 8 < last) addRange(r, table, high * 8, last);
}

// Everybody's sums of these days, by owner and node. Gives how many have any.
int limit_everybody(reader *r, int64_t firstDay, int64_t lastDay) {
    memset(r->sums, 0, (size_t)r->nodes * 2048 * sizeof(item));
    check(r->db, sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL));
    cover(r, DAYS, firstDay, lastDay);
    check(r->db, sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL));
    int found = 0;
    for (int i = 0; i < r->nodes * 2048; i++) found += r->sums[i].rx != 0;
    return found;
}

// One seat's hours, day by day and node by node: an owner's days are made of them.
int limit_one(reader *r, uint32_t seat, int64_t firstDay, int64_t lastDay) {
    int found = 0;
    check(r->db, sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL));
    for (int64_t d = firstDay; d < lastDay; d++)
        for (int n = 1; n <= r->nodes; n++) {
            sqlite3_bind_int64(r->one, 1, key(d, n, seat >> 6));
            if (sqlite3_step(r->one) == SQLITE_ROW) {
                size_t count = decode(sqlite3_column_blob(r->one, 0), sqlite3_column_bytes(r->one, 0), seat & ~63u, 0, &r->page, &r->room);
                for (size_t i = 0; i < count; i++) found += r->page[i].seat == seat;
            }
            sqlite3_reset(r->one);
        }
    check(r->db, sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL));
    return found;
}
