import Foundation
import Glibc

/// Many nodes for little: one sshd that answers on every 127.x.y.z of its place, and a forced command that prints
/// counters which grow with the time.
package final class ScaleBed: Sendable {
    package let server: SSHServer
    package let port: Int

    /// Prints a dump; see `source`.
    package let program: String

    /// `count` sessions are let in at once. Without a place of its own it listens on 127.0.0.1 only.
    package init(_ place: Place, nodes count: Int, peers: Int = 100, key: SSHKey, port: Int = 2222) throws {
        self.port = port
        program = try Self.build(in: place.bed.folder)
        server = try SSHServer(
            place, "scale", port: port, addresses: place.namespace == nil ? ["127.0.0.1"] : [],
            settings: ["MaxStartups \(count * 2)", "LoginGraceTime 120"])
        try server.authorize(key, command: "exec \(program) \(peers)")
    }

    /// The address of node 0, 1, 2, …
    package static func address(of node: Int) -> String { "127.1.\(node / 250).\(node % 250 + 1)" }

    /// Compiles the program; its path.
    package static func build(in folder: String) throws(BedError) -> String {
        let program = folder + "/counters"
        try write(source, to: program + ".c")
        var last = BedError("compile", "no cc and no clang")
        for compiler in ["cc", "clang"] {
            do {
                try must([compiler, "-O2", "-o", program, program + ".c"])
                return program
            } catch { last = error }
        }
        throw last
    }

    /// What the program prints for a node at a moment is a function of both, so it is its own oracle:
    /// `counters PEERS [NODE [SECONDS]]`; NODE is by default the address that was logged in to.
    static let source = """
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>

        static uint64_t state;
        static uint64_t next(void) {
            uint64_t z = (state += 0x9e3779b97f4a7c15u);
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
            return z ^ (z >> 31);
        }

        static void key(const char *node, uint64_t index, char out[45]) {
            static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            state = 1469598103934665603u + index;
            for (; *node; node++) state = (state ^ (unsigned char)*node) * 1099511628211u;
            for (int i = 0; i < 43; i++) out[i] = digits[next() >> 58];
            out[42] = digits[(next() >> 60) << 2];
            out[43] = '=';
            out[44] = 0;
        }

        int main(int argc, char **argv) {
            static char buffer[1 << 16];
            setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
            long peers = argc > 1 ? atol(argv[1]) : 100;
            char node[64] = "node";
            const char *connection = getenv("SSH_CONNECTION");
            if (argc > 2) snprintf(node, sizeof node, "%s", argv[2]);
            else if (connection) sscanf(connection, "%*s %*s %63s", node);
            uint64_t now = argc > 3 ? strtoull(argv[3], 0, 10) : (uint64_t)time(0), age = now - 1700000000u;
            char name[45];
            key(node, 0, name);
            printf("wg0\\t(none)\\t%s\\t51820\\toff\\n", name);
            for (long i = 1; i <= peers; i++) {
                key(node, (uint64_t)i, name);
                uint64_t rate = (uint64_t)(i % 37) * 53, idle = i % 5 == 0 ? 86400 : now % 120;
                if (i % 7 == 0) { printf("wg0\\t%s\\t(none)\\t(none)\\t10.9.%ld.%ld/32\\t0\\t0\\t0\\toff\\n", name, i / 250, i % 250 + 1); continue; }
                printf("wg0\\t%s\\t(none)\\t198.18.%ld.%ld:%ld\\t10.9.%ld.%ld/32\\t%llu\\t%llu\\t%llu\\toff\\n", name, i / 250, i % 250 + 1,
                       40000 + i % 20000, i / 250, i % 250 + 1, (unsigned long long)(now - idle),
                       (unsigned long long)(age * rate), (unsigned long long)(age * rate * 11));
            }
            return 0;
        }

        """
}
