import Glibc

/// The terminal that the command was started from.
enum Terminal {
    /// One line, typed without echo. Whatever ends the command meanwhile leaves the terminal with its echo.
    static func secret(_ prompt: String) throws(CommandFailure) -> String {
        guard tcgetattr(STDIN_FILENO, &terminalBefore) == 0 else {
            throw CommandFailure(what: "terminal", why: "it cannot be asked", mend: "pass the secret on standard input")
        }
        var silent = terminalBefore
        silent.c_lflag &= ~tcflag_t(ECHO)
        let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
        for number in signals { signal(number, restoreTerminal) }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminalBefore)
            for number in signals { signal(number, SIG_DFL) }
            writeAll("\n", to: STDERR_FILENO)
        }
        writeAll(prompt, to: STDERR_FILENO)
        return try typed()
    }

    /// Yes is `y`, `yes`, `д` or `да`; an empty line is what is said; everything else is no.
    static func confirms(_ question: String, yesIsDefault: Bool = false) throws(CommandFailure) -> Bool {
        let typed = try line("\(question) \(yesIsDefault ? "[Y/n]" : "[y/N]") ").lowercased()
        return typed.isEmpty ? yesIsDefault : ["y", "yes", "д", "да"].contains(typed)
    }

    /// One line, without blanks around it; empty: Enter alone.
    static func line(_ question: String) throws(CommandFailure) -> String {
        writeAll(question, to: STDERR_FILENO)
        let line = try typed()
        return String(line.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static func typed() throws(CommandFailure) -> String {
        guard let line = readLine(strippingNewline: true) else {
            throw CommandFailure(what: "terminal", why: "it ended before the answer")
        }
        return line
    }
}

/// As it was before a secret was asked for. Written before the handler is set, and by nobody else: one question at a time.
nonisolated(unsafe) private var terminalBefore = termios()

private func restoreTerminal(_ number: Int32) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminalBefore)
    signal(number, SIG_DFL)
    raise(number)
}
