import Foundation
import Synchronization
import Testing

@testable import FastCGI

/// Behind a real nginx with its own parameters and no limits of ours: the server's own must hold.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Nginx.isInstalled, "needs nginx"))
struct NginxTests {
    private func front(_ served: Served) throws -> Nginx {
        let nginx = try Nginx(served.folder) { _, plain, _ in
            """
            client_max_body_size 20m;
            access_log off;
            server {
                listen 127.0.0.1:\(plain);
                location / { include /etc/nginx/fastcgi_params; fastcgi_keep_conn on; fastcgi_pass unix:\(served.path); }
            }
            """
        }
        try nginx.start()
        return nginx
    }

    @Test func `GET, HEAD, POST and a body of 5 MB`() throws {
        let served = try Served { request in
            var response = Response(body: Array("\(request.method) \(request.path) \(request.body.count)".utf8))
            response.setHeader("ETag", "\"x\"")
            return response
        }
        let nginx = try front(served)
        let base = "http://127.0.0.1:\(nginx.plain)"
        let get = try nginx.get(base + "/a?b=c")
        #expect(get.status == 200 && String(decoding: get.body, as: UTF8.self) == "GET /a 0")
        #expect(get.headers["etag"] == "\"x\"")
        let head = try nginx.get(base + "/a", ["--head"])
        #expect(head.status == 200 && head.headers["content-length"] == "9")
        let post = try nginx.get(base + "/p", ["--data", String(repeating: "x", count: 60_000)])
        #expect(String(decoding: post.body, as: UTF8.self) == "POST /p 60000")
        try Data(count: 5_000_000).write(to: URL(fileURLWithPath: served.folder + "/big"))
        let big = try nginx.get(base + "/p", ["--data-binary", "@\(served.folder)/big"])
        #expect(big.status == 413)
        let chunked = try nginx.get(base + "/p", ["-H", "Transfer-Encoding: chunked", "--data", "hello"])
        #expect(String(decoding: chunked.body, as: UTF8.self) == "POST /p 5")
    }

    @Test func `many at once are all answered, each with its own`() throws {
        let body = [UInt8](repeating: 65, count: 50_000)
        let served = try Served { request in Response(body: Array(request.path.utf8) + body) }
        let nginx = try front(served)
        let urls = "http://127.0.0.1:\(nginx.plain)/[1-400]"
        let (status, text) = try run(
            "/usr/bin/curl",
            [
                "-s", "-m", "60", "--no-progress-meter", "--parallel", "--parallel-max", "50", "-o",
                served.folder + "/out-#1", "-w", "%{http_code} %{size_download}\n", urls,
            ])
        #expect(status == 0)
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("200 ") }.count == 400)
        for index in [1, 77, 400] {
            let got = try Data(contentsOf: URL(fileURLWithPath: served.folder + "/out-\(index)"))
            #expect(Array(got) == Array("/\(index)".utf8) + body)
        }
    }
}
