import Glibc

/// Calls of glibc that its module does not show to Swift (they need _GNU_SOURCE); looked up by name.
enum GNU {
    private typealias CloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    private typealias Find =
        @convention(c) (UnsafeRawPointer, Int, UnsafeRawPointer, Int) -> UnsafeRawPointer?
    private typealias SetNamespace = @convention(c) (Int32, Int32) -> Int32

    /// The child inherits no descriptor from `first` on.
    static func closeFrom(_ first: Int32, _ actions: inout posix_spawn_file_actions_t) -> Bool {
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return false }
        return unsafeBitCast(symbol, to: CloseFrom.self)(&actions, first) == 0
    }

    /// setns(2): the calling thread, and threads it starts, are on that network from here on.
    static func enterNetwork(_ path: String) -> Bool {
        let network: Int32 = 0x4000_0000
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let symbol = dlsym(nil, "setns") else { return false }
        defer { close(descriptor) }
        return unsafeBitCast(symbol, to: SetNamespace.self)(descriptor, network) == 0
    }

    private static let find = dlsym(nil, "memmem").map { unsafeBitCast($0, to: Find.self) }

    /// memmem(3), again and again: how often it is there.
    static func count(_ needle: [UInt8], in bytes: UnsafeRawBufferPointer, atMost limit: Int = .max) -> Int {
        guard var place = bytes.baseAddress, let find, !needle.isEmpty else { return 0 }
        let end = place + bytes.count
        var count = 0
        while count < limit,
            let next = needle.withUnsafeBytes({ needle in
                needle.baseAddress.flatMap { find(place, end - place, $0, needle.count) }
            })
        {
            count += 1
            place = next + needle.count
        }
        return count
    }
}
