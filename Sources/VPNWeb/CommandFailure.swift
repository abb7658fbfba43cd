import Glibc

/// Why a command ends without having done its work: one line on standard error, and the exit status.
struct CommandFailure: Error {
    var what: String
    var why: String

    /// What the owner can do about it. Nil: `why` says it.
    var mend: String?
    var status: Int32 = 1

    /// `vpn-web: WHAT: WHY (what to do)`.
    var line: String {
        "vpn-web: \(what): \(why)" + (mend.map { " (\($0))" } ?? "")
    }

    func write() {
        writeAll(line + "\n", to: STDERR_FILENO)
    }
}

/// One line on standard output.
func printOut(_ text: some StringProtocol) {
    writeAll(text + "\n", to: STDOUT_FILENO)
}

/// write(2) until all is written or the reader is gone; that is no error of ours.
func writeAll(_ text: some StringProtocol, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written > 0 {
            rest = rest.dropFirst(written)
        } else if errno != EINTR {
            return
        }
    }
}
