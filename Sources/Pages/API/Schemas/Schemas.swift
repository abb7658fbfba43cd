/// The shapes of what the API answers, as OpenAPI's `components.schemas`: JSON Schema 2020-12, written by hand. A test
/// holds every real answer against them; nothing that is not written here may be in an answer.
package enum Schemas {
    /// What several answers have.
    static let common: StaticString = #"""
        "Error": {"type": "object", "required": ["error", "code"], "additionalProperties": false, "properties": {
          "error": {"type": "string", "description": "For people."},
          "code": {"type": "string", "description": "For programs."}}},
        "Time": {"type": "string", "format": "date-time", "description": "RFC 3339, UTC."},
        "TimeOrNull": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
        "Bytes": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615,
          "description": "Above 2^53 a reader of doubles loses the last digits: read 64 bits without sign."},
        "BytesOrNull": {"oneOf": [{"$ref": "#/components/schemas/Bytes"}, {"type": "null"}]},
        "Count": {"type": "integer", "minimum": 0},
        "CountOrNull": {"type": ["integer", "null"], "minimum": 0},
        "Key": {"type": "string", "description": "A public key as wg prints it."},
        "Traffic": {"type": "object", "required": ["rx_bytes", "tx_bytes"], "additionalProperties": false, "properties": {
          "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"}},
          "description": "rx is what the node received from the user: their upload."},
        "TrafficOrNull": {"oneOf": [{"$ref": "#/components/schemas/Traffic"}, {"type": "null"}]},
        "PersonalLink": {"type": "object", "required": ["telegram_id", "url", "expires"], "additionalProperties": false,
          "properties": {
          "telegram_id": {"type": "integer"}, "url": {"type": "string", "description": "Told once."},
          "expires": {"$ref": "#/components/schemas/Time"}}},
        "Paging": {"type": "object", "required": ["page", "pages", "limit", "total", "next"], "additionalProperties": false,
          "properties": {
          "page": {"type": "integer", "minimum": 1}, "pages": {"type": "integer", "minimum": 1},
          "limit": {"type": "integer", "minimum": 1},
          "total": {"$ref": "#/components/schemas/Count", "description": "Of the longest list that is paged."},
          "next": {"type": ["string", "null"], "description": "Where the next page is; null: this is the last."}}},
        "Health": {"type": "object", "required": ["status", "last_sample", "last_stored"], "additionalProperties": false,
          "properties": {
          "status": {"enum": ["starting", "ok", "stale", "failing"]},
          "since": {"$ref": "#/components/schemas/TimeOrNull"},
          "last_sample": {"$ref": "#/components/schemas/TimeOrNull"},
          "last_stored": {"$ref": "#/components/schemas/TimeOrNull"}}}
        """#

    /// What strangers get too: with nulls, and hidden counts as `"<3"`.
    static let everybody: StaticString = #"""
        "Servers": {"type": "object", "description": "By node id.", "additionalProperties":
          {"type": "object", "additionalProperties": false, "required": ["name", "description", "endpoint", "status",
            "ping_ms", "last_check", "last_sample", "stale", "peers", "peers_online", "interfaces"], "properties": {
          "name": {"type": "string"}, "description": {"type": ["string", "null"]}, "endpoint": {"type": ["string", "null"]},
          "status": {"enum": ["online", "offline", "unknown"]}, "ping_ms": {"type": ["number", "null"], "minimum": 0},
          "last_check": {"$ref": "#/components/schemas/TimeOrNull"},
          "error": {"type": "string", "description": "Only after a failed poll."},
          "last_sample": {"$ref": "#/components/schemas/TimeOrNull"},
          "stale": {"type": "boolean"}, "peers": {"$ref": "#/components/schemas/CountOrNull"},
          "peers_online": {"$ref": "#/components/schemas/CountOrNull"},
          "interfaces": {"type": ["array", "null"], "items": {"type": "string"}},
          "reconciliation": {"type": "array", "description": "Booked bytes beside the interfaces' own; the owner's only.",
            "items": {"$ref": "#/components/schemas/Reconciliation"}}}}},
        "Reconciliation": {"type": "object", "additionalProperties": false, "required": ["interface", "since", "until",
          "over", "booked", "passed", "unmatched", "missing", "known_to_bytes"], "properties": {
          "interface": {"type": "string"}, "since": {"$ref": "#/components/schemas/Time"},
          "until": {"$ref": "#/components/schemas/Time"}, "over": {"type": "boolean"},
          "booked": {"$ref": "#/components/schemas/Traffic"}, "passed": {"$ref": "#/components/schemas/Traffic"},
          "unmatched": {"$ref": "#/components/schemas/Traffic"}, "missing": {"$ref": "#/components/schemas/Traffic"},
          "known_to_bytes": {"$ref": "#/components/schemas/Bytes"}}},
        "Services": {"type": "object", "required": ["services"], "additionalProperties": false, "properties": {
          "services": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["server_id", "server_name", "service", "status", "note", "checked", "latency_ms", "proof",
              "uptime_24h", "uptime_30d"], "properties": {
            "server_id": {"type": ["string", "null"]}, "server_name": {"type": ["string", "null"]},
            "service": {"type": "string"}, "status": {"enum": ["online", "offline", "unknown", "blocked"]},
            "note": {"type": "string"}, "checked": {"$ref": "#/components/schemas/TimeOrNull"},
            "latency_ms": {"type": ["number", "null"], "minimum": 0}, "proof": {"enum": ["active", "passive"]},
            "uptime_24h": {"type": ["number", "null"]}, "uptime_30d": {"type": ["number", "null"]}}}}}},
        "PublicCount": {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^<[0-9]+$"},
          {"type": "null"}], "description": "A stranger is shown a small count as \"<3\"."},
        "PublicCounts": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/PublicCount"}},
        "Stats": {"type": "object", "additionalProperties": false, "required": ["total_users", "active_users",
          "total_peers", "active_peers", "by_server", "by_profile_type", "last_update", "online", "active_24h",
          "active_7d", "active_30d"], "properties": {
          "total_users": {"$ref": "#/components/schemas/PublicCount"},
          "active_users": {"$ref": "#/components/schemas/PublicCount"},
          "total_peers": {"$ref": "#/components/schemas/PublicCount"},
          "active_peers": {"$ref": "#/components/schemas/PublicCount"},
          "by_server": {"$ref": "#/components/schemas/PublicCounts"},
          "by_profile_type": {"$ref": "#/components/schemas/PublicCounts"},
          "last_update": {"$ref": "#/components/schemas/TimeOrNull"},
          "online": {"$ref": "#/components/schemas/PublicCount"},
          "active_24h": {"$ref": "#/components/schemas/PublicCount"},
          "active_7d": {"$ref": "#/components/schemas/PublicCount"},
          "active_30d": {"$ref": "#/components/schemas/PublicCount"}}}
        """#

    static let users: StaticString = #"""
        "User": {"type": "object", "additionalProperties": false, "required": ["telegram_id", "username", "role", "active",
          "peers_count", "active_peers", "devices", "online", "last_handshake", "rx_bytes", "tx_bytes", "today", "month"],
          "properties": {
          "telegram_id": {"type": "integer"}, "username": {"type": ["string", "null"]}, "role": {"type": "string"},
          "active": {"type": "boolean"}, "peers_count": {"$ref": "#/components/schemas/Count"},
          "active_peers": {"type": "array", "items": {"type": "string"}},
          "devices": {"type": "array", "items": {"$ref": "#/components/schemas/Device"}},
          "online": {"type": ["boolean", "null"]}, "last_handshake": {"$ref": "#/components/schemas/TimeOrNull"},
          "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
          "today": {"$ref": "#/components/schemas/Traffic"}, "month": {"$ref": "#/components/schemas/Traffic"}}},
        "Device": {"type": "object", "additionalProperties": false, "required": ["name", "server_id", "wg_ip",
          "public_key", "active", "online", "last_handshake", "rx_bytes", "tx_bytes"], "properties": {
          "name": {"type": ["string", "null"]}, "server_id": {"type": "string"}, "wg_ip": {"type": ["string", "null"]},
          "public_key": {"$ref": "#/components/schemas/Key"}, "active": {"type": ["boolean", "null"]},
          "online": {"type": ["boolean", "null"]}, "last_handshake": {"$ref": "#/components/schemas/TimeOrNull"},
          "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"}}},
        "Users": {"description": "An array of all; an object where paging was asked for.", "oneOf": [
          {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
          {"type": "object", "additionalProperties": false, "required": ["users", "paging"], "properties": {
            "users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
            "paging": {"$ref": "#/components/schemas/Paging"}}}]},
        "TrafficRow": {"type": "object", "additionalProperties": false, "required": ["telegram_id", "username",
          "server_id", "wg_ip", "public_key", "rx_bytes", "tx_bytes", "total_bytes", "last_handshake", "online",
          "counted_since", "endpoint", "session_rx_bytes", "session_tx_bytes"], "properties": {
          "telegram_id": {"type": ["integer", "null"]}, "username": {"type": ["string", "null"]},
          "server_id": {"type": "string"}, "wg_ip": {"type": ["string", "null"]},
          "public_key": {"$ref": "#/components/schemas/Key"},
          "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
          "total_bytes": {"$ref": "#/components/schemas/Bytes"},
          "last_handshake": {"$ref": "#/components/schemas/TimeOrNull"}, "online": {"type": ["boolean", "null"]},
          "counted_since": {"$ref": "#/components/schemas/TimeOrNull"}, "endpoint": {"type": ["string", "null"]},
          "session_rx_bytes": {"$ref": "#/components/schemas/BytesOrNull"},
          "session_tx_bytes": {"$ref": "#/components/schemas/BytesOrNull"}}},
        "TrafficOfAll": {"type": "object", "additionalProperties": false,
          "required": ["rows", "by_user", "unmatched", "last_update", "stale"], "properties": {
          "rows": {"type": "array", "items": {"$ref": "#/components/schemas/TrafficRow"}},
          "by_user": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["telegram_id", "username", "rx_bytes", "tx_bytes", "total_bytes"], "properties": {
            "telegram_id": {"type": "integer"}, "username": {"type": ["string", "null"]},
            "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "total_bytes": {"$ref": "#/components/schemas/Bytes"}}}},
          "unmatched": {"type": "array", "items": {"$ref": "#/components/schemas/TrafficRow"}},
          "last_update": {"$ref": "#/components/schemas/TimeOrNull"},
          "stale": {"type": "array", "items": {"type": "string"}},
          "paging": {"$ref": "#/components/schemas/Paging"}}},
        "Peers": {"type": "object", "additionalProperties": false, "required": ["peers", "last_update", "stale"],
          "properties": {
          "peers": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["server_id",
            "interface", "public_key", "telegram_id", "username", "device", "wg_ip", "active", "profile_type", "shown",
            "endpoint", "allowed_ips", "last_handshake", "online", "session_rx_bytes", "session_tx_bytes", "rx_bytes",
            "tx_bytes", "total_bytes", "opening", "counted_since"], "properties": {
            "server_id": {"type": "string"}, "interface": {"type": ["string", "null"]},
            "public_key": {"$ref": "#/components/schemas/Key"}, "telegram_id": {"type": ["integer", "null"]},
            "username": {"type": ["string", "null"]}, "device": {"type": ["string", "null"]},
            "wg_ip": {"type": ["string", "null"]}, "active": {"type": ["boolean", "null"]},
            "profile_type": {"type": ["string", "null"]}, "shown": {"type": "boolean"},
            "endpoint": {"type": ["string", "null"]}, "allowed_ips": {"type": "array", "items": {"type": "string"}},
            "last_handshake": {"$ref": "#/components/schemas/TimeOrNull"}, "online": {"type": ["boolean", "null"]},
            "session_rx_bytes": {"$ref": "#/components/schemas/BytesOrNull"},
            "session_tx_bytes": {"$ref": "#/components/schemas/BytesOrNull"},
            "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "total_bytes": {"$ref": "#/components/schemas/Bytes"}, "opening": {"$ref": "#/components/schemas/Traffic"},
            "counted_since": {"$ref": "#/components/schemas/TimeOrNull"}}}},
          "last_update": {"$ref": "#/components/schemas/TimeOrNull"},
          "stale": {"type": "array", "items": {"type": "string"}},
          "paging": {"$ref": "#/components/schemas/Paging"}}}
        """#
}

extension JSONWriter {
    /// All of them, by name.
    package mutating func schemas() {
        object { json in
            for part in [
                Schemas.common, Schemas.everybody, Schemas.users, Schemas.history, Schemas.windows, Schemas.state,
            ] {
                json.raw(part)
            }
        }
    }
}
