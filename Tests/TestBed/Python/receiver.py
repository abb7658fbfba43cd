"""Somebody else's program on loopback: takes webhooks, heartbeats and a bot's calls, keeps what came, answers as told.

Usage: receiver.py PORT_FILE SECRET
GET /_calls gives what came; POST /_answers takes a list for the calls to come: a status, or ["status", {headers}], or "drop".
Beyond the list every call is answered 200, as a Bot API would.
"""
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock, calls, answers = threading.Lock(), [], []


class Receiver(BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def say(self, status, headers, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def take(self, body):
        headers = {name.lower(): text for name, text in self.headers.items()}
        # What the sender must have computed, by another hand.
        signed = headers.get("x-vpn-web-timestamp", "").encode() + b"." + body
        with lock:
            calls.append({
                "method": self.command, "path": self.path, "headers": headers, "body": body.decode(),
                "signature": hmac.new(sys.argv[2].encode(), signed, hashlib.sha256).hexdigest()})
            number, answer = len(calls), answers.pop(0) if answers else 200
        if answer == "drop":
            self.close_connection = True
            return
        status, headers = answer if isinstance(answer, list) else (answer, {})
        self.say(status, headers, {"ok": status == 200, "result": {"message_id": number}})

    def do_GET(self):
        if self.path != "/_calls":
            return self.take(b"")
        with lock:
            known = list(calls)
        self.say(200, {}, known)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/_answers":
            return self.take(body)
        with lock:
            answers.extend(json.loads(body))
        self.say(200, {}, {})


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
