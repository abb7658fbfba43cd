import Fleet

/// How much of a period's allowance is used, of a user and of a node.
enum AllowanceRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        (view.facts.allowances ?? []).compactMap { allowance in
            let used = percent(allowance.used, of: allowance.bytes)
            // The higher step alone; what is left of the lower one ends when it opens.
            let rule = [Rule.allowanceUsedUp, .allowanceNear].first { rule in
                rules[rule].isOn && rules[rule].limit.map { used >= $0 } ?? false
            }
            guard let rule else { return nil }
            return .wrong(
                rule, allowance.subject, Evidence(name: allowance.name, seen: used, bound: rules[rule].limit))
        }
    }
}
