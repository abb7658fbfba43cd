"""An OpenID provider as core.telegram.org/bots/telegram-login describes it: issuer.py FOLDER CLIENT SECRET.

FOLDER has tls.pem, tls.key, signing.key and another.key; port is written there. Whoever is sent to /auth is sent back
with a code at once: as the person of `?person=`, with the fault of `?fault=` in what the code is worth.
"""
import base64
import hashlib
import hmac
import json
import os
import secrets
import ssl
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

folder, client, secret = sys.argv[1:4]
codes, asked = {}, []


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def modulus(key):
    return bytes.fromhex(openssl("rsa", "-in", f"{folder}/{key}.key", "-modulus", "-noout").decode().split("=")[1])


keys = {
    "keys": [
        {"kty": "EC", "kid": "oidc-2", "alg": "ES256", "use": "sig", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "oidc-1", "alg": "RS256", "use": "sig", "n": text(modulus("signing")), "e": "AQAB"},
    ]
}


def token(login):
    fault, now = login["fault"], int(time.time())
    header = {"alg": "RS256", "kid": "oidc-1", "typ": "JWT"}
    claims = {
        "iss": issuer, "aud": client, "sub": "1234567890123456789", "id": int(login["person"]), "iat": now,
        "exp": now + 3600, "nonce": login["nonce"], "name": "Owner", "preferred_username": "owner",
    }
    key = "signing"
    match fault:
        case "issuer": claims["iss"] = "https://oauth.example.org"
        case "audience": claims["aud"] = "999"
        case "audiences": claims["aud"] = [client, "999"]
        case "nonce": claims["nonce"] = secrets.token_urlsafe(32)
        case "no nonce": del claims["nonce"]
        case "expired": claims |= {"iat": now - 300, "exp": now - 120}
        case "old": claims["iat"] = now - 3600
        case "future": claims["iat"] = now + 3600
        case "no person": del claims["id"]
        case "fraction": claims["id"] = float(login["person"]) + 0.5
        case "text": claims |= {"id": login["person"], "aud": int(client)}
        case "kid": header["kid"], key = "oidc-3", "another"
        case "key": key = "another"
        case "none": header["alg"] = "none"
        case "hs256": header["alg"] = "HS256"
    signed = text(json.dumps(header).encode()) + "." + text(json.dumps(claims).encode())
    match fault:
        case "none": return signed + "."
        case "hs256":
            public = openssl("rsa", "-in", f"{folder}/signing.key", "-pubout")
            return signed + "." + text(hmac.digest(public, signed.encode(), "sha256"))
    return signed + "." + text(openssl("dgst", "-sha256", "-sign", f"{folder}/{key}.key", data=signed.encode()))


class Provider(BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def answer(self, status, value, **headers):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, word in headers.items():
            self.send_header(name, word)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        if address.path == "/.well-known/jwks.json":
            return self.answer(200, keys)
        if address.path == "/asked":
            return self.answer(200, asked)
        if address.path != "/auth":
            return self.answer(404, {})
        wanted = {"client_id": client, "response_type": "code", "code_challenge_method": "S256"}
        if any(query.get(name) != word for name, word in wanted.items()) or "openid" not in query.get("scope", ""):
            return self.answer(400, {"error": "invalid_request"})
        code = secrets.token_urlsafe(24)
        codes[code] = {**query, "fault": query.get("fault", ""), "person": query.get("person", "42")}
        back = {"code": code, "state": query["state"]}
        if query.get("fault") == "cancelled":
            back = {"error": "access_denied", "state": query["state"]}
        self.answer(302, {}, Location=query["redirect_uri"] + "?" + urlencode(back))

    def do_POST(self):
        fields = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked.append(fields["code"])
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        login = codes.pop(fields["code"], None)
        if login and login["fault"] == "hang":
            time.sleep(3600)
        if login and login["fault"] == "broken":
            return self.answer(502, {})
        challenge = text(hashlib.sha256(fields["code_verifier"].encode()).digest())
        if (
            self.path != "/token" or self.headers["Authorization"] != "Basic " + basic or login is None
            or fields["grant_type"] != "authorization_code" or login["redirect_uri"] != fields["redirect_uri"]
            or login["code_challenge"] != challenge
        ):
            return self.answer(400, {"error": "invalid_grant"})
        self.answer(200, {"access_token": "x", "token_type": "Bearer", "expires_in": 3600, "id_token": token(login)})


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/tls.pem", f"{folder}/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
issuer = f"https://localhost:{server.server_port}"
with open(f"{folder}/port.new", "w") as file:
    file.write(str(server.server_port))
os.rename(f"{folder}/port.new", f"{folder}/port")
server.serve_forever()
