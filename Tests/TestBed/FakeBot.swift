import Foundation
import Glibc

/// The Bot API on loopback: a chat in memory that keeps what bots send, and faults that the test deals out. In Python, a
/// process of its own: it must outlive the panel that is killed.
package final class FakeBot: Sendable {
    package static let token = "123:fake"
    package let port: Int
    private let place: Place
    private let process: Child

    package var api: String { "http://127.0.0.1:\(port)" }

    package struct Message: Decodable, Sendable, Equatable {
        package var id: Int
        package var text: String

        /// Seconds since the epoch when it was sent.
        package var at: Double
    }

    package init(_ place: Place) throws {
        self.place = place
        let script = place.bed.folder + "/bot.py"
        let portFile = place.bed.folder + "/bot.port"
        try write(Self.source, to: script)
        process = try place.start(["python3", script, portFile, Self.token], output: place.bed.folder + "/bot.log")
        port = try eventually("the bot's port") { Int(read(portFile)) }
    }

    /// What happens to the calls from now on: `none`, `hang` (taken, no answer), `drop` (not taken, connection closed),
    /// `limit` (429, two seconds), `broken` (502), `picky` (400 for every markup), `flap` (one call is taken, the next is not).
    package func set(_ fault: String) throws { _ = try ask("/fault/\(fault)") }

    package func messages() throws -> [Message] {
        try JSONDecoder().decode([Message].self, from: Data(ask("/messages").utf8))
    }

    private func ask(_ path: String) throws -> String {
        try place.must(["curl", "-sS", "--max-time", "5", api + path])
    }

    private static let source = #"""
        import json, sys, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        lock, messages, state = threading.Lock(), [], {"fault": "none", "next": 1, "calls": 0}

        class Bot(BaseHTTPRequestHandler):
            def log_message(self, *words): pass

            def answer(self, status, value):
                # Whoever asked may be dead.
                try: self.say(status, value)
                except OSError: pass

            def say(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path == "/messages":
                    with lock: return self.answer(200, messages)
                if self.path.startswith("/fault/"):
                    state["fault"] = self.path[7:]
                    return self.answer(200, {})
                self.answer(404, {"ok": False})

            def do_POST(self):
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                head, _, method = self.path[1:].partition("/")
                if head != "bot" + sys.argv[2]:
                    return self.answer(401, {"ok": False, "description": "Unauthorized"})
                fault = state["fault"]
                if fault == "drop": return self.connection.close()
                if fault == "limit":
                    return self.answer(429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 2}})
                if fault == "broken": return self.answer(502, {})
                if fault == "picky" and "parse_mode" in fields:
                    return self.answer(400, {"ok": False, "description": "Bad Request: can't parse entities"})
                if fault == "flap":
                    with lock: state["calls"] += 1
                    if state["calls"] % 2: return self.answer(502, {})
                status, value = self.take(method, fields)
                if fault == "hang":
                    time.sleep(3600)
                self.answer(status, value)

            def take(self, method, fields):
                def wrong(words): return 400, {"ok": False, "description": "Bad Request: " + words}
                with lock:
                    if method == "getMe": return 200, {"ok": True, "result": {"id": 123, "is_bot": True}}
                    if method == "getChat": return 200, {"ok": True, "result": {"id": fields["chat_id"]}}
                    if method == "sendMessage":
                        messages.append({"id": state["next"], "text": fields["text"], "at": time.time()})
                        state["next"] += 1
                        return 200, {"ok": True, "result": {"message_id": messages[-1]["id"]}}
                    if method == "editMessageText":
                        for message in messages:
                            if message["id"] == fields["message_id"]:
                                if message["text"] == fields["text"]: return wrong("message is not modified")
                                message["text"] = fields["text"]
                                return 200, {"ok": True, "result": {"message_id": message["id"]}}
                        return wrong("message to edit not found")
                return 404, {"ok": False, "description": "Not Found"}

        server = ThreadingHTTPServer(("127.0.0.1", 0), Bot)
        server.daemon_threads = True
        with open(sys.argv[1] + ".new", "w") as file: file.write(str(server.server_port))
        import os
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        server.serve_forever()
        """#
}
