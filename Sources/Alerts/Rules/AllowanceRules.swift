import Fleet

/// How much of a period's allowance is used, of a user and of a node.
enum AllowanceRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        view.facts.allowances.flatMap { allowance in
            [Rule.allowanceNear, .allowanceUsedUp].compactMap { rule in
                let used = percent(allowance.used, of: allowance.bytes)
                guard let bound = rules[rule].limit, used >= bound else { return nil }
                return .wrong(rule, allowance.subject, Evidence(name: allowance.name, seen: used, bound: bound))
            }
        }
    }
}
