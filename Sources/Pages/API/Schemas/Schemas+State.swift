// What is wrong and what was: the alerts, and the public page for programs.
extension Schemas {
    static let state: StaticString = #"""
        "Status": {"type": "object", "additionalProperties": false, "required": ["state", "message", "as_of", "services",
          "incidents"], "properties": {
          "state": {"enum": ["unknown", "up", "partly_down", "down"]}, "message": {"type": "string"},
          "as_of": {"$ref": "#/components/schemas/TimeOrNull"},
          "services": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["service",
            "status", "uptime_24h", "uptime_30d", "uptime_90d"], "properties": {
            "service": {"type": "string"}, "status": {"$ref": "#/components/schemas/ServiceStatus"},
            "uptime_24h": {"$ref": "#/components/schemas/ShareOrNull"},
            "uptime_30d": {"$ref": "#/components/schemas/ShareOrNull"},
            "uptime_90d": {"$ref": "#/components/schemas/ShareOrNull"}}}},
          "incidents": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": [
            "service", "place", "status", "since", "until", "cause"], "properties": {
            "service": {"type": "string"}, "place": {"type": ["string", "null"]},
            "status": {"$ref": "#/components/schemas/ServiceStatus"},
            "since": {"$ref": "#/components/schemas/Time"}, "until": {"$ref": "#/components/schemas/TimeOrNull"},
            "cause": {"type": "string"}}}}}},
        "ServiceStatus": {"enum": ["online", "offline", "unknown", "blocked"]},
        "ShareOrNull": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "Id": {"type": "integer", "minimum": 0},
        "NumberOrNull": {"type": ["integer", "null"]},
        "Alert": {"type": "object", "additionalProperties": false, "required": ["id", "rule", "subject", "server_id",
          "severity", "title", "what", "detail", "seen", "limit", "open", "began", "opened", "ended", "dropped", "cause",
          "children", "told", "held", "acknowledged"], "properties": {
          "id": {"$ref": "#/components/schemas/Id"}, "rule": {"type": "string"}, "subject": {"type": "string"},
          "server_id": {"type": ["string", "null"]}, "severity": {"enum": ["notice", "warning", "critical"]},
          "title": {"type": "string"}, "what": {"type": "string"}, "detail": {"type": ["string", "null"]},
          "seen": {"$ref": "#/components/schemas/NumberOrNull"}, "limit": {"$ref": "#/components/schemas/NumberOrNull"},
          "open": {"type": "boolean"}, "began": {"$ref": "#/components/schemas/Time"},
          "opened": {"$ref": "#/components/schemas/Time"}, "ended": {"$ref": "#/components/schemas/TimeOrNull"},
          "dropped": {"type": "boolean"}, "cause": {"$ref": "#/components/schemas/NumberOrNull"},
          "children": {"$ref": "#/components/schemas/Count"}, "told": {"$ref": "#/components/schemas/TimeOrNull"},
          "held": {"enum": ["cause", "silence", "maintenance", "quiet_hours", "no_channel", null]},
          "acknowledged": {"$ref": "#/components/schemas/TimeOrNull"}}},
        "Alerts": {"type": "object", "additionalProperties": false, "required": ["alerts", "count", "offset", "silences",
          "messages"], "properties": {
          "alerts": {"type": "array", "items": {"$ref": "#/components/schemas/Alert"}},
          "count": {"$ref": "#/components/schemas/Count"}, "offset": {"$ref": "#/components/schemas/Count"},
          "silences": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["id",
            "rule", "subject", "from", "until", "maintenance", "reason"], "properties": {
            "id": {"$ref": "#/components/schemas/Id"}, "rule": {"type": ["string", "null"]},
            "subject": {"type": ["string", "null"]}, "from": {"$ref": "#/components/schemas/Time"},
            "until": {"$ref": "#/components/schemas/Time"}, "maintenance": {"type": "boolean"},
            "reason": {"type": "string"}}}},
          "messages": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["id",
            "channel", "kind", "alerts", "state", "created", "sent", "attempts", "problem"], "properties": {
            "id": {"$ref": "#/components/schemas/Id"}, "channel": {"enum": ["telegram", "webhook"]},
            "kind": {"enum": ["incidents", "reminder", "summary", "test", "event"]},
            "alerts": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
            "state": {"enum": ["queued", "sending", "sent", "refused"]},
            "created": {"$ref": "#/components/schemas/Time"}, "sent": {"$ref": "#/components/schemas/TimeOrNull"},
            "attempts": {"$ref": "#/components/schemas/Count"}, "problem": {"type": ["string", "null"]}}}}}}
        """#
}
