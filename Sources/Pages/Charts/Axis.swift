/// The upright axis: a round step in one unit, so many times that the largest value fits.
struct Axis: Equatable {
    /// Tenths of the unit between two lines.
    let step: UInt64
    let lines: Int
    private let unit: UInt128
    private let power: Int

    /// Nil: plain numbers.
    private let units: Units?

    /// 1, 2, 5, 10 … of a unit; a half where a whole one would leave the drawing empty.
    private static let steps: [UInt64] = [1, 2, 5].flatMap { one in [1, 10, 100, 1000].map { one * $0 } }.sorted()
    private static let most = 4

    init(most: UInt64, _ units: Units) {
        let base: UInt128 = units == .iec ? 1024 : 1000
        var unit: UInt128 = 1
        var power = 0
        while power < 6, UInt128(most) >= unit * base {
            unit *= base
            power += 1
        }
        let fits = Self.steps.first {
            (power > 0 || $0 >= 10) && UInt128($0) * unit * UInt128(Self.most) >= UInt128(most) * 10
        }
        let step = fits ?? 5000
        self.step = step
        self.unit = unit
        self.power = power
        self.units = units
        lines = max(1, Int((UInt128(most) * 10 + UInt128(step) * unit - 1) / (UInt128(step) * unit)))
    }

    /// Whole numbers of things.
    init(count most: Int) {
        unit = 1
        power = 0
        units = nil
        let most = UInt64(max(1, most))
        var step: UInt64 = 10
        // 1, 2, 5, 10, 20, 50 …
        while step / 10 * UInt64(Self.most) < most {
            step = String(step).hasPrefix("2") ? step / 2 * 5 : step * 2
        }
        self.step = step
        lines = max(1, Int((most * 10 + step - 1) / step))
    }

    /// How high so many bytes stand, in ten-thousandths of the whole.
    func height(_ bytes: UInt64) -> Int {
        min(10_000, Int(UInt128(bytes) * 100_000 / (UInt128(step) * unit * UInt128(lines))))
    }

    /// Beside the line of that number, from 0.
    func label(_ line: Int, _ language: Language) -> String {
        let tenths = step * UInt64(line)
        let rest = tenths % 10
        let number = language.grouped(tenths / 10) + (rest == 0 ? "" : "\(language.decimalPoint)\(rest)")
        return units.map { number + "\u{A0}" + $0.name(power, language) } ?? number
    }
}
