import Fleet

/// The owner's own program: a letter is one POST of JSON, signed. What is lost is sent again with the same number, by which
/// the receiver knows it.
struct WebhookCarrier: Carrier {
    private let call: @Sendable (Letter) -> Reply

    init(call: @escaping @Sendable (Letter) -> Reply) {
        self.call = call
    }

    mutating func carry(_ letter: Letter, after _: Int64?, about _: Int64?) -> Carried {
        switch call(letter) {
        case .unreachable(let why), .lost(let why): return .later(nil, problem: why)
        case .answer(200..<300, _, _): return .arrived(nil)
        case .answer(let status, _, let wait) where [408, 425, 429].contains(status) || status >= 500:
            return .later(wait.map { .seconds(max(1, $0)) }, problem: "\(status)")
        case .answer(let status, _, _) where (300..<400).contains(status):
            return .refused(problem: "\(status): redirects are not followed")
        case .answer(let status, _, _): return .refused(problem: "\(status)")
        }
    }
}
