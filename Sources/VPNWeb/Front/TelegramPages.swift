import Access
import FastCGI
import Pages

/// The way in by Telegram: there, back, and the page between.
extension DoorPages {
    /// From a link of ours alone: else any site could use up what the owner may try.
    func leaveForTelegram(_ visit: Visit) -> Response {
        guard door.takesTelegram else { return visit.error(.notFound) }
        guard door.isOurs(visit.request, as: "POST") else { return foreignForm(visit) }
        switch door.leaveForTelegram(next: SafeNext.path(visit.request.query["next"]), visit.request) {
        case .to(let address, let cookie): return Self.led(to: address, [cookie])
        case .later(let seconds):
            return loginPage(visit, problem: .tooManyTries(retryAfter: seconds), status: 429).waiting(seconds)
        case .failed: return visit.error(.unavailable)
        }
    }

    /// The browser comes with a code. It is led on by itself, to where it waits: so that the code leaves the address, and
    /// what follows is asked by a page of ours.
    func arriveFromTelegram(_ visit: Visit) -> Response {
        guard door.takesTelegram else { return visit.error(.notFound) }
        return switch door.arriveFromTelegram(visit.request) {
        case .asked: waitingPage(visit)
        case .refused: over(visit, .telegramRefused)
        case .unreachable: over(visit, .telegramUnreachable)
        case .unknown: over(visit, .startAgain)
        }
    }

    func decideTelegram(_ visit: Visit) -> Response {
        guard door.takesTelegram else { return visit.error(.notFound) }
        switch door.decideTelegram(visit.request) {
        case .waiting: return waitingPage(visit)
        case .refused: return over(visit, .telegramRefused)
        case .unreachable: return over(visit, .telegramUnreachable)
        case .unknown: return over(visit, .startAgain)
        case .decided(let answer, let next):
            var response = answered(answer, next: next, visit)
            response.addHeader("Set-Cookie", HostCookie.telegram.clear)
            return response
        }
    }

    private func over(_ visit: Visit, _ problem: LoginPage.Problem) -> Response {
        var response = loginPage(visit, problem: problem, status: 401)
        response.addHeader("Set-Cookie", HostCookie.telegram.clear)
        return response
    }

    private func waitingPage(_ visit: Visit) -> Response {
        var response = visit.private(TelegramPage(context: visit.context(isSignedIn: false)).html())
        response.setHeader("Refresh", "1; url=/login/telegram/wait")
        return response
    }
}
