"""The whole door at 390 px, in Russian, with scripts off: door.py URL SETUP_TOKEN USER [PICTURES]. Prints what is wrong.

By forms and links alone, as the owner on a phone does it, against a panel without a password that knows USER and takes
Telegram's person 42.
"""
import base64
import hashlib
import hmac
import os
import sys
import time

from playwright.sync_api import sync_playwright

URL, TOKEN, USER = sys.argv[1:4]
PICTURES = sys.argv[4] if len(sys.argv) > 4 else None
FIRST, SECOND = "семь тихих грузовиков гудят", "девять красных барж плывут"
faults = []


def code(secret, offset=0):
    """RFC 6238."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, int(time.time() // 30 + offset).to_bytes(8, "big"), "sha1")
    place = digest[19] & 15
    return f"{(int.from_bytes(digest[place:place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Guest:
    def __init__(self, browser, name):
        self.context = browser.new_context(
            java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="ru-RU", ignore_https_errors=True)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: faults.append(f"{self.step}: console: {message.text}")
                     if message.type == "error" and "status of 4" not in message.text else None)
        self.name, self.step, self.count = name, "", 0

    def look(self, step):
        """What every page must be."""
        self.step = step
        self.count += 1
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > 390:
            faults.append(f"{step}: {wide} px wide")
        if self.page.locator("html").get_attribute("lang") != "ru":
            faults.append(f"{step}: not in Russian")
        if self.page.locator("h1").count() != 1:
            faults.append(f"{step}: {self.page.locator('h1').count()} headings")
        small = self.page.evaluate(
            """[...document.querySelectorAll("main button, main input:not([type=hidden]):not([hidden]), main select, main summary, main a.button")]
            .map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.width && (r.height < 24 || r.width < 24))
            .map(([e, r]) => e.outerHTML.slice(0, 80))""")
        for one in small:
            faults.append(f"{step}: small target {one}")
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{self.name}-{self.count:02}-{step}.png", full_page=True)

    def open(self, path, status=200):
        answer = self.page.goto(URL + path)
        assert answer.status == status, f"{path}: {answer.status}"

    def send(self, action, step, **fields):
        """Fills the form and sends it by its button; opens it first where it is folded."""
        having = "".join(f':has([name="{name.replace("_", "-")}"])' for name in fields)
        form = self.page.locator(f'form[action="{action}"]{having}')
        if not form.is_visible():
            self.page.locator(f'details:has(form[action="{action}"]{having}) > summary').click()
        for name, value in fields.items():
            field = form.locator(f'[name="{name.replace("_", "-")}"]')
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        with self.page.expect_navigation():
            form.locator("button").click()
        self.look(step)

    def says(self, words, where="main"):
        text = self.page.locator(where).inner_text()
        assert words in text, f"“{words}” is not on the page: {text[:300]}"

    def follow(self, locator, step):
        with self.page.expect_navigation():
            locator.click()
        self.look(step)

    def secrets(self):
        return self.page.locator(".secret code").all_inner_texts()

    @property
    def is_owner(self):
        return self.page.goto(URL + "/settings").url == URL + "/settings"


def walk(browser):
    owner = Guest(browser, "owner")

    # The first start.
    owner.open("/login")
    owner.look("no-password")
    owner.follow(owner.page.locator('a[href="/setup"]'), "setup")
    owner.send("/setup", "wrong-code", hand_code="aaaa-aaaa-aaaa-aaaa", new=FIRST, again=FIRST)
    owner.says("Код не подошёл")
    owner.send("/setup", "short", hand_code=TOKEN, new="мало", again="мало")
    owner.says("Короче 12")
    owner.send("/setup", "password-set", hand_code=TOKEN.upper(), new=FIRST, again=FIRST)
    owner.says("Пароль задан")

    # In by the password.
    owner.send("/login", "wrong-password", password="не тот пароль совсем")
    owner.send("/login", "in", password=FIRST)
    assert owner.is_owner
    owner.look("settings")

    # The second step.
    owner.send("/settings/second-factor", "enrolment", password=FIRST)
    assert owner.page.locator("svg.qr").count() == 1, "no QR code"
    secret = owner.secrets()[0]
    owner.send("/settings/second-factor-code", "wrong-enrolment", code="000000")
    owner.send("/settings/second-factor-code", "recovery-codes", code=code(secret, -1))
    codes = owner.secrets()
    assert len(codes) == 10, codes
    owner.follow(owner.page.locator('main a[href="/settings"]'), "factor-on")
    owner.says("Запасных кодов осталось: 10")

    # By code, and by recovery code.
    guest = Guest(browser, "guest")
    guest.open("/login?next=/users")
    guest.send("/login", "code", password=FIRST)
    guest.send("/login/code", "wrong-code", code="000000")
    guest.says("Код не подошёл")
    guest.send("/login/code", "in-by-code", code=code(secret))
    assert guest.page.url.endswith("/users"), guest.page.url
    other = Guest(browser, "other")
    other.open("/login")
    other.send("/login", "code", password=FIRST)
    other.send("/login/code", "in-by-recovery-code", hand_code=codes[0])
    assert other.is_owner

    # Sessions.
    owner.open("/settings")
    rows = owner.page.locator("#sessions tbody tr")
    assert rows.count() == 3, rows.count()
    owner.follow(owner.page.locator('form[action="/settings/end-session"] button').first, "one-ended")
    assert rows.count() == 2, rows.count()
    assert [other.is_owner, guest.is_owner].count(True) == 1, "one of the two is out"

    # A new password ends the others.
    owner.send("/settings/password", "wrong-own-password", password="не тот пароль совсем", new=SECOND, again=SECOND)
    owner.says("ничего не изменилось")
    owner.send("/settings/password", "password-changed", password=FIRST, new=SECOND, again=SECOND)
    owner.says("Пароль изменён")
    assert not other.is_owner and not guest.is_owner

    # A token.
    owner.send("/settings/make-token", "token", name="графана", scope="read", expires="90d", password=SECOND)
    token = owner.secrets()[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert owner.context.request.get(URL + "/api/stats", headers=bearer).status == 200
    program = browser.new_context(ignore_https_errors=True).request
    assert program.get(URL + "/api/users", headers=bearer).status == 200
    owner.open("/settings")
    owner.look("token-listed")
    owner.follow(owner.page.locator('form[action="/settings/revoke-token"] button'), "token-revoked")
    owner.says("Токен отозван")
    time.sleep(1.1)
    assert program.get(URL + "/api/users", headers=bearer).status == 401

    # A personal link.
    owner.send("/settings/make-link", "no-such-user", user="нет такого")
    owner.says("Такого пользователя нет")
    owner.send("/settings/make-link", "link", user=USER)
    address = owner.secrets()[0]
    user = Guest(browser, "user")
    user.page.goto(address)
    user.look("usage")
    user.says(USER)
    owner.open("/settings")
    owner.follow(owner.page.locator('form[action="/settings/revoke-link"] button'), "link-revoked")
    assert user.page.goto(address).status == 404
    user.look("usage-over")
    user.says("Ссылка не действует")

    # Telegram, and the second step after it.
    by = Guest(browser, "telegram")
    by.open("/login?next=/nodes")
    by.look("button")
    with by.page.expect_navigation(url=lambda url: "/login/telegram" not in url and "/auth" not in url and url.startswith(URL)):
        by.page.locator('a[href^="/login/telegram"]').click()
    by.look("code")
    by.send("/login/code", "in", hand_code=codes[1])
    assert by.page.url.endswith("/nodes"), by.page.url

    # Off again, the audit, and out.
    owner.open("/settings")
    owner.send("/settings/remove-second-factor", "factor-off", password=SECOND)
    owner.says("Второй шаг отключён")
    assert not by.is_owner
    owner.follow(owner.page.locator('a[href="/settings/audit"]'), "audit")
    for words in ("вход", "неверный пароль", "второй шаг включён", "создан токен", "отозвана личная ссылка"):
        owner.says(words)
    with owner.page.expect_navigation():
        owner.page.locator('form[action="/logout"] button').click()
    assert not owner.is_owner
    owner.look("out")


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    try:
        walk(browser)
    except Exception as error:
        faults.append(f"walk: {type(error).__name__}: {error}")
        import traceback
        faults.append("".join(traceback.format_tb(error.__traceback__)[-2:]))
    browser.close()
print("\n".join(faults))
sys.exit(1 if faults else 0)
