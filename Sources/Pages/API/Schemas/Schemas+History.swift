extension Schemas {
    static let history: StaticString = #"""
        "Step": {"enum": ["hour", "day", "month"]},
        "History": {"type": "object", "additionalProperties": false, "required": ["step", "timezone", "from", "to",
          "buckets", "dated", "opening", "resets", "gaps", "cut"], "properties": {
          "step": {"$ref": "#/components/schemas/Step"}, "timezone": {"type": "string"},
          "from": {"$ref": "#/components/schemas/Time"}, "to": {"$ref": "#/components/schemas/Time"},
          "buckets": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["start", "rx_bytes", "tx_bytes", "gap"], "properties": {
            "start": {"$ref": "#/components/schemas/Time"}, "rx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "tx_bytes": {"$ref": "#/components/schemas/Bytes"}, "gap": {"type": "boolean"}}}},
          "dated": {"$ref": "#/components/schemas/Traffic"}, "opening": {"$ref": "#/components/schemas/Traffic"},
          "resets": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["at",
            "since", "server_id", "interface", "public_key", "cause", "inferred"], "properties": {
            "at": {"$ref": "#/components/schemas/Time"}, "since": {"$ref": "#/components/schemas/TimeOrNull"},
            "server_id": {"type": "string"}, "interface": {"type": "string"}, "public_key": {"type": ["string", "null"]},
            "cause": {"type": ["string", "null"]}, "inferred": {"type": "boolean"}}}},
          "gaps": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["since", "until", "server_id", "interface"], "properties": {
            "since": {"$ref": "#/components/schemas/Time"}, "until": {"$ref": "#/components/schemas/TimeOrNull"},
            "server_id": {"type": "string"}, "interface": {"type": "string"}}}},
          "cut": {"type": "boolean"},
          "rows": {"type": "array", "description": "Only with `by`.", "items": {"type": "object",
            "additionalProperties": false, "required": ["start", "name", "rx_bytes", "tx_bytes", "gap"], "properties": {
            "start": {"$ref": "#/components/schemas/Time"}, "name": {"type": "string"},
            "telegram_id": {"type": ["integer", "null"]}, "public_key": {"type": ["string", "null"]},
            "node": {"type": ["string", "null"]}, "rx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "tx_bytes": {"$ref": "#/components/schemas/Bytes"}, "gap": {"type": "boolean"}}}}}},
        "Share": {"type": "object", "additionalProperties": false, "required": ["opening", "dated"], "properties": {
          "telegram_id": {"type": ["integer", "null"]}, "server_id": {"type": "string"},
          "opening": {"$ref": "#/components/schemas/Traffic"}, "dated": {"$ref": "#/components/schemas/Traffic"}}},
        "Ledger": {"type": "object", "additionalProperties": false, "required": ["public_key", "from", "to", "timezone",
          "step", "opening", "dated", "total", "by_node", "by_user", "counters", "entries", "cut"], "properties": {
          "public_key": {"$ref": "#/components/schemas/Key"}, "from": {"$ref": "#/components/schemas/Time"},
          "to": {"$ref": "#/components/schemas/Time"}, "timezone": {"type": "string"},
          "step": {"enum": ["hour", "day", "month", "poll"]}, "opening": {"$ref": "#/components/schemas/Traffic"},
          "dated": {"$ref": "#/components/schemas/Traffic"}, "total": {"$ref": "#/components/schemas/Traffic"},
          "by_node": {"type": "array", "items": {"$ref": "#/components/schemas/Share"}},
          "by_user": {"type": "array", "items": {"$ref": "#/components/schemas/Share"}},
          "counters": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": [
            "server_id", "interface", "public_key", "open", "epoch", "counted_since", "reading", "lifetime"],
            "properties": {
            "server_id": {"type": "string"}, "interface": {"type": "string"},
            "public_key": {"$ref": "#/components/schemas/Key"}, "open": {"type": "boolean"},
            "epoch": {"type": "integer", "minimum": 1}, "counted_since": {"$ref": "#/components/schemas/Time"},
            "reading": {"type": "object", "additionalProperties": false,
              "required": ["rx_bytes", "tx_bytes", "at", "sample"], "properties": {
              "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
              "at": {"$ref": "#/components/schemas/Time"}, "sample": {"type": "integer"}}},
            "lifetime": {"type": "array", "items": {"$ref": "#/components/schemas/Share"}}}}},
          "entries": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["at",
            "until", "since", "server_id", "interface", "public_key", "kind", "cause", "inferred", "gap", "sample",
            "before", "after", "booked", "opening", "telegram_id", "counts", "words"], "properties": {
            "at": {"$ref": "#/components/schemas/Time"}, "until": {"$ref": "#/components/schemas/TimeOrNull"},
            "since": {"$ref": "#/components/schemas/TimeOrNull"}, "server_id": {"type": "string"},
            "interface": {"type": ["string", "null"]}, "public_key": {"type": ["string", "null"]},
            "kind": {"type": "string"}, "cause": {"type": ["string", "null"]}, "inferred": {"type": "boolean"},
            "gap": {"type": "boolean"}, "sample": {"type": ["integer", "null"]},
            "before": {"$ref": "#/components/schemas/TrafficOrNull"},
            "after": {"$ref": "#/components/schemas/TrafficOrNull"},
            "booked": {"$ref": "#/components/schemas/TrafficOrNull"}, "opening": {"type": "boolean"},
            "telegram_id": {"type": ["integer", "null"]}, "counts": {"type": "boolean"}, "words": {"type": "string"}}}},
          "cut": {"type": "boolean"}}},
        "Period": {"type": "object", "additionalProperties": false, "required": ["start_day", "start", "end", "rx_bytes",
          "tx_bytes", "total_bytes", "gap", "previous", "forecast", "allowance"], "properties": {
          "server_id": {"type": "string"}, "name": {"type": ["string", "null"]}, "telegram_id": {"type": "integer"},
          "username": {"type": ["string", "null"]}, "start_day": {"type": "integer", "minimum": 1, "maximum": 31},
          "start": {"$ref": "#/components/schemas/Time"}, "end": {"$ref": "#/components/schemas/Time"},
          "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
          "total_bytes": {"$ref": "#/components/schemas/Bytes"}, "gap": {"type": "boolean"},
          "previous": {"type": "object", "additionalProperties": false, "required": ["start", "end", "rx_bytes",
            "tx_bytes", "to_same_moment"], "properties": {
            "start": {"$ref": "#/components/schemas/Time"}, "end": {"$ref": "#/components/schemas/Time"},
            "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "to_same_moment": {"type": "object", "additionalProperties": false,
              "required": ["until", "rx_bytes", "tx_bytes"], "properties": {
              "until": {"$ref": "#/components/schemas/Time"}, "rx_bytes": {"$ref": "#/components/schemas/Bytes"},
              "tx_bytes": {"$ref": "#/components/schemas/Bytes"}}}}},
          "forecast": {"$ref": "#/components/schemas/TrafficOrNull"},
          "allowance": {"oneOf": [{"type": "null"}, {"type": "object", "additionalProperties": false, "required": [
            "bytes", "count", "used_bytes", "left_bytes", "forecast_bytes", "used_up", "used_up_at"], "properties": {
            "bytes": {"$ref": "#/components/schemas/Bytes"}, "count": {"enum": ["both", "rx", "tx"]},
            "used_bytes": {"$ref": "#/components/schemas/Bytes"}, "left_bytes": {"$ref": "#/components/schemas/Bytes"},
            "forecast_bytes": {"$ref": "#/components/schemas/BytesOrNull"}, "used_up": {"type": "boolean"},
            "used_up_at": {"$ref": "#/components/schemas/TimeOrNull"}}}]}}},
        "Periods": {"type": "object", "additionalProperties": false, "required": ["timezone", "nodes", "users"],
          "properties": {"timezone": {"type": "string"},
          "nodes": {"type": "array", "items": {"$ref": "#/components/schemas/Period"}},
          "users": {"type": "array", "items": {"$ref": "#/components/schemas/Period"}}}}
        """#

    static let windows: StaticString = #"""
        "Top": {"type": "object", "additionalProperties": false, "required": ["from", "to", "grain_seconds", "total", "rows",
          "cut"], "properties": {
          "from": {"$ref": "#/components/schemas/Time"}, "to": {"$ref": "#/components/schemas/Time"},
          "grain_seconds": {"type": "integer", "minimum": 0}, "total": {"$ref": "#/components/schemas/Traffic"},
          "rows": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name",
            "rx_bytes", "tx_bytes", "total_bytes", "peak_bits_per_second", "gap", "by_node"], "properties": {
            "telegram_id": {"type": ["integer", "null"]}, "public_key": {"type": ["string", "null"]},
            "server_id": {"type": ["string", "null"]}, "profile_type": {"type": ["string", "null"]},
            "name": {"type": "string"}, "rx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "tx_bytes": {"$ref": "#/components/schemas/Bytes"}, "total_bytes": {"$ref": "#/components/schemas/Bytes"},
            "peak_bits_per_second": {"$ref": "#/components/schemas/BytesOrNull"}, "gap": {"type": "boolean"},
            "by_node": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Traffic"}}}}},
          "cut": {"type": "boolean"}}},
        "Sessions": {"type": "object", "additionalProperties": false, "required": ["from", "to", "sessions", "cut"],
          "properties": {
          "from": {"$ref": "#/components/schemas/Time"}, "to": {"$ref": "#/components/schemas/Time"},
          "sessions": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": [
            "server_id", "interface", "public_key", "telegram_id", "from", "to", "rx_bytes", "tx_bytes", "network"],
            "properties": {
            "server_id": {"type": "string"}, "interface": {"type": "string"},
            "public_key": {"$ref": "#/components/schemas/Key"}, "telegram_id": {"type": ["integer", "null"]},
            "from": {"$ref": "#/components/schemas/Time"}, "to": {"$ref": "#/components/schemas/TimeOrNull"},
            "rx_bytes": {"$ref": "#/components/schemas/Bytes"}, "tx_bytes": {"$ref": "#/components/schemas/Bytes"},
            "network": {"type": ["string", "null"]}}}},
          "cut": {"type": "boolean"}}},
        "Active": {"type": "object", "additionalProperties": false, "required": ["start", "step_seconds", "all",
          "by_node"], "properties": {
          "start": {"$ref": "#/components/schemas/Time"}, "step_seconds": {"type": "integer", "minimum": 1},
          "all": {"type": "array", "items": {"$ref": "#/components/schemas/CountOrNull"}},
          "by_node": {"type": "object", "additionalProperties": {"type": "array",
            "items": {"$ref": "#/components/schemas/CountOrNull"}}}}}
        """#
}
