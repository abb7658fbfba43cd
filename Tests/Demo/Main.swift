import TestBed

@main
struct Demo {
    static func main() throws {
    }
}
