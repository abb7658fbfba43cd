import CLibSSH2
import Glibc

// What libssh2 calls. Global functions, since a closure that is formed in an isolated context traps on another thread.
// `abstract` is the session's own pointer to its Transport, which outlives it.

typealias Abstract = UnsafeMutablePointer<UnsafeMutableRawPointer?>

private func transport(_ abstract: Abstract?) -> Transport? {
    abstract?.pointee.map { Unmanaged<Transport>.fromOpaque($0).takeUnretainedValue() }
}

/// Zeroed memory: libssh2 1.10 reads names whose bytes a server promised and never sent (packet.c, exit-signal).
func allocate(_ count: Int, _ abstract: Abstract?) -> UnsafeMutableRawPointer? {
    guard let transport = transport(abstract), count <= Transport.memoryLimit - transport.allocated else { return nil }
    guard let memory = calloc(1, max(count, 1)) else { return nil }
    transport.allocated += malloc_usable_size(memory)
    return memory
}

/// Zeroes all that the block could hold: packets carry what nodes print, private keys included.
func release(_ memory: UnsafeMutableRawPointer?, _ abstract: Abstract?) {
    guard let memory else { return }
    let size = malloc_usable_size(memory)
    transport(abstract)?.allocated -= size
    explicit_bzero(memory, size)
    free(memory)
}

func reallocate(_ memory: UnsafeMutableRawPointer?, _ count: Int, _ abstract: Abstract?) -> UnsafeMutableRawPointer? {
    guard let larger = allocate(count, abstract) else { return nil }
    if let memory {
        memcpy(larger, memory, min(count, malloc_usable_size(memory)))
        release(memory, abstract)
    }
    return larger
}

func receive(_: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int, _ flags: Int32, _ abstract: Abstract?) -> Int {
    guard let buffer, let transport = transport(abstract) else { return -Int(EBADF) }
    return transport.receive(buffer, count, flags)
}

func send(_: Int32, _ buffer: UnsafeRawPointer?, _ count: Int, _ flags: Int32, _ abstract: Abstract?) -> Int {
    guard let buffer, let transport = transport(abstract) else { return -Int(EBADF) }
    return transport.send(buffer, count, flags)
}

/// Signs what libssh2 wants signed at login; `abstract` points to the PrivateKey. libssh2 frees the signature with `release`.
func sign(
    _ session: OpaquePointer?, _ signature: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
    _ signatureCount: UnsafeMutablePointer<Int>?,
    _ data: UnsafePointer<UInt8>?, _ count: Int, _ abstract: Abstract?
) -> Int32 {
    guard let object = abstract?.pointee, let signature, let signatureCount, let data else { return -1 }
    let key = Unmanaged<PrivateKey>.fromOpaque(object).takeUnretainedValue()
    guard let bytes = key.sign(UnsafeBufferPointer(start: data, count: count)) else { return -1 }
    guard let memory = allocate(bytes.count, libssh2_session_abstract(session)) else { return -1 }
    UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
    signature.pointee = memory.assumingMemoryBound(to: UInt8.self)
    signatureCount.pointee = bytes.count
    return 0
}
