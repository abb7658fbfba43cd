import Foundation
import TestBed

/// Chromium, as the judge of what a page's bytes are.
enum Browser {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    /// Every element of the page in order, with the names of its attributes: what a reader's text must not change.
    static func skeleton(of page: String, in folder: String) throws -> String {
        let wrapper = """
            <!DOCTYPE html><meta charset="utf-8"><pre id="answer"></pre><script>
            const bytes = Uint8Array.from(atob("\(Data(page.utf8).base64EncodedString())"), c => c.charCodeAt(0));
            const page = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "text/html");
            document.getElementById("answer").textContent = [...page.querySelectorAll("*")]
                .map(e => e.tagName + "[" + [...e.attributes].map(a => a.name).sort() + "]").join("\\n");
            </script>
            """
        let path = folder + "/page-\(UUID().uuidString).html"
        try write(wrapper, to: path)
        let output = try run([
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--user-data-dir=\(folder)/browser", "--dump-dom", "file://" + path,
        ])
        guard let start = output.text.range(of: "<pre id=\"answer\">"),
            let end = output.text.range(of: "</pre>", range: start.upperBound..<output.text.endIndex),
            start.upperBound < end.lowerBound
        else { throw BedError("chromium", "no answer: \(output.errors.suffix(300))") }
        return String(output.text[start.upperBound..<end.lowerBound])
    }
}
