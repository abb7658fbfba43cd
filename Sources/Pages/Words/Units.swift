/// How volumes are shown. Rates are always in bit/s of the SI, volumes by the owner's choice.
package enum Units: String, Sendable, CaseIterable {
    /// Powers of 1024 with their own names: KiB, MiB, what `wg show` prints.
    case iec
    /// Powers of 1000: kB, MB, what providers bill.
    case si

    /// Three significant digits and the unit, parted by a no-break space; below the first unit all digits.
    package func volume(_ bytes: UInt64, _ language: Language) -> String {
        let names = names(language)
        let base: UInt128 = self == .iec ? 1024 : 1000
        guard bytes >= 1000 else { return "\(bytes)\u{A0}\(names[0])" }
        var power = 1
        var unit = base
        // The next unit begins where three digits would not do: 1000 KiB are 0.977 MiB.
        while power < names.count - 1, UInt128(bytes) * 2 >= unit * 1999 {
            power += 1
            unit *= base
        }
        let (digits, places) = Self.significant(UInt128(bytes), over: unit)
        return Self.decimal(digits, places, language) + "\u{A0}" + names[power].description
    }

    /// `12,4 Мбит/с`: three digits, powers of a thousand, whatever volumes are shown in.
    static func rate(bytes: UInt64, over seconds: Int64, _ language: Language) -> String {
        rate(UInt64(min(UInt128(bytes) * 8 / UInt128(max(1, seconds)), UInt128(UInt64.max))), language)
    }

    /// Of bits a second.
    static func rate(_ bits: UInt64, _ language: Language) -> String {
        let names: [StaticString] =
            switch language {
            case .russian: ["бит/с", "кбит/с", "Мбит/с", "Гбит/с", "Тбит/с"]
            case .english: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]
            }
        guard bits >= 1000 else { return "\(bits)\u{A0}\(names[0])" }
        var power = 1
        var unit: UInt128 = 1000
        while power < names.count - 1, UInt128(bits) * 2 >= unit * 1999 {
            power += 1
            unit *= 1000
        }
        let (digits, places) = significant(UInt128(bits), over: unit)
        return decimal(digits, places, language) + "\u{A0}" + names[power].description
    }

    /// All digits: for titles.
    package func exact(_ bytes: UInt64, _ language: Language) -> String {
        language.counted(bytes, .bytes)
    }

    /// Of the unit that is so many steps above the byte.
    func name(_ power: Int, _ language: Language) -> String { names(language)[power].description }

    private func names(_ language: Language) -> [StaticString] {
        switch (self, language) {
        case (.iec, .russian): ["Б", "КиБ", "МиБ", "ГиБ", "ТиБ", "ПиБ", "ЭиБ"]
        case (.iec, .english): ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        case (.si, .russian): ["Б", "КБ", "МБ", "ГБ", "ТБ", "ПБ", "ЭБ"]
        case (.si, .english): ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        }
    }

    /// `value / unit`, rounded half up, as digits with so many places after the point.
    private static func significant(_ value: UInt128, over unit: UInt128) -> (digits: UInt64, places: Int) {
        var scale: UInt128 = 1000
        for places in [3, 2, 1] {
            let rounded = (value * scale * 2 + unit) / (unit * 2)
            if rounded < 1000 { return (UInt64(rounded), places) }
            scale /= 10
        }
        return (UInt64((value * 2 + unit) / (unit * 2)), 0)
    }

    private static func decimal(_ digits: UInt64, _ places: Int, _ language: Language) -> String {
        guard places > 0 else { return String(digits) }
        var bytes: [UInt8] = []
        let scale = (0..<places).reduce(into: UInt64(1)) { scale, _ in scale *= 10 }
        bytes.append(decimal: digits / scale)
        bytes.append(raw: language.decimalPoint)
        bytes.append(decimal: Int(digits % scale), width: places)
        return String(decoding: bytes, as: UTF8.self)
    }
}
