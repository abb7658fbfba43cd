import Foundation

extension Configuration {
    /// What a service's secret file holds, without blanks and lines' ends around it. Nil: not to be read now, or no text.
    static func secretText(_ path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: mostSecretBytes), data.count < mostSecretBytes,
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// A key or a password is a line.
    private static let mostSecretBytes = 4_096
}
