"""The owner's tasks with scripts off: by links and forms alone."""

import re


class Walk:
    """One step after the other; what a step finds wrong is told, and the walk goes on."""

    def __init__(self, look):
        self.look, self.size = look, int(look.town["size"])

    def run(self):
        context = self.look.context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="ru")
        self.page = context.new_page()
        for step in (self.overview, self.find, self.sort, self.filters, self.evening, self.windows, self.csv, self.looks,
                     self.refresh, self.addresses, self.drift, self.sessions, self.leave):
            try:
                step()
            except Exception as error:  # A step that cannot be done is a fault, whatever stopped it.
                self.look.fault(f"no script, {step.__name__}", str(error).split("\n")[0])
        context.close()

    def open(self, path):
        answer = self.look.goto(self.page, path)
        assert answer.status == 200, f"{path}: {answer.status}"

    def section(self, name):
        self.follow(self.page.get_by_role("navigation", name="Разделы").get_by_role("link", name=name, exact=True))

    def follow(self, what):
        """Clicks, and waits for the page that it leads to."""
        with self.page.expect_navigation():
            what.click()

    def texts(self, where):
        return [text.strip() for text in self.page.locator(where).all_inner_texts()]

    def overview(self):
        self.open("/")
        assert self.page.locator("h1").inner_text().strip(), "no sentence"
        assert len(self.texts(".numbers dd")) == 4, "four numbers"
        if self.size == 0:
            return
        box = self.page.locator(".ranks li").first.bounding_box()
        assert box["y"] + box["height"] < 844 or self.page.locator(".problems").count(), "who used how much is below the fold"
        self.follow(self.page.locator(".ranks a").first)
        assert "/users/" in self.page.url, "a name leads to its user"

    def find(self):
        if self.size == 0:
            return
        self.open("/users")
        self.page.fill("#q", "анна")
        self.follow(self.page.get_by_role("button", name="Найти"))
        assert any("Анна" in text for text in self.texts("tbody th")), "a name is found"
        assert "q=" in self.page.url

    def sort(self):
        if self.size == 0:
            return
        self.open("/users")
        self.follow(self.page.locator("thead").get_by_role("link", name="За месяц"))
        assert self.page.locator("th[aria-sort=descending]").inner_text().startswith("За месяц"), "the order is told"
        if self.size > 100:
            self.follow(self.page.locator(".pager a[rel=next]"))
            assert "page=2" in self.page.url and "sort=month" in self.page.url, "the order is kept"

    def filters(self):
        self.open("/users")
        for view in ("Без устройств", "Ключи без пользователя"):
            self.follow(self.page.get_by_role("link", name=view))
            assert self.page.locator("h1").count() == 1
        if self.size:
            self.open("/users")
            self.follow(self.page.get_by_role("navigation", name="Состояние").get_by_role("link", name="сверх лимита"))
            assert "limit=over" in self.page.url
            self.follow(self.page.get_by_role("navigation", name="Состояние").get_by_role("link", name="все"))
            assert "limit" not in self.page.url, "back to all"

    def evening(self):
        """Who loaded eu1 in an hour."""
        self.section("Ноды")
        self.follow(self.page.get_by_role("link", name="Европа").first)
        if self.size == 0:
            return
        self.page.locator(".data summary").first.click()
        self.follow(self.page.locator(".data tbody th a").first)
        assert "node=eu1" in self.page.url and "from=" in self.page.url, self.page.url
        assert self.texts("#rows tbody th"), "users of that hour"
        self.follow(self.page.get_by_role("link", name="По ключам"))
        assert "node=eu1" in self.page.url and "from=" in self.page.url, "the window is kept"

    def windows(self):
        self.section("Трафик")
        for name in ("Сегодня", "Вчера", "7 дней", "30 дней", "За месяц", "Прошлый месяц"):
            self.follow(self.page.get_by_role("navigation", name="Время").get_by_role("link", name=name, exact=True))
            assert self.page.locator("h1").inner_text() == "Трафик", name
        self.page.locator(".moments summary").click()
        self.page.fill("#from", "2026-11-20T20:00")
        self.page.fill("#to", "2026-11-20T21:00")
        self.page.select_option("#node", "eu1")
        self.follow(self.page.get_by_role("button", name="Показать"))
        assert "20.11.2026 20:00" in self.page.locator(".span").inner_text(), "the window that was asked for"

    def csv(self):
        for path in ("/users", "/traffic", "/nodes") if self.size else ("/nodes",):
            self.open(path)
            link = self.page.locator("a[download]").first.get_attribute("href")
            where = link if link.startswith("/") else path + link
            answer = self.page.context.request.get(self.look.town["url"] + where)
            assert answer.status == 200 and answer.headers["content-type"].startswith("text/csv"), where

    def looks(self):
        self.open("/users?sort=month")
        self.follow(self.page.locator("a.theme"))
        assert "sort=month" in self.page.url, "the order is kept"
        self.open("/nodes")
        assert self.page.locator("html").get_attribute("data-theme") == "dark", "the theme is remembered"
        self.follow(self.page.locator("a.theme"))
        self.follow(self.page.locator("a.theme"))
        self.follow(self.page.get_by_role("link", name="English"))
        assert self.page.locator("html").get_attribute("lang") == "en"
        self.follow(self.page.get_by_role("link", name="Русский"))

    def refresh(self):
        self.open("/traffic?window=today&by=node")
        self.follow(self.page.get_by_role("button", name="Обновить"))
        assert self.page.url.endswith("/traffic?window=today&by=node"), self.page.url

    def addresses(self):
        if self.size == 0:
            return
        self.open("/users/100001")
        def whole():
            return [text for text in self.texts("#devices td code") if re.fullmatch(r"[\d.]+:\d+", text)]
        assert not whole(), "addresses are covered"
        self.follow(self.page.get_by_role("link", name="Показать адреса полностью"))
        assert whole(), "addresses are shown"

    def drift(self):
        self.section("Диагностика")
        titles = self.texts("#drift h3")
        assert len(titles) == 3 and "не трогать" in titles[0], titles

    def sessions(self):
        other = self.look.sign_in()
        assert other["cookies"]
        self.section("Настройки")
        before = self.page.locator("#sessions tbody tr").count()
        assert before > 1, "other sessions are listed"
        self.follow(self.page.get_by_role("button", name="Завершить все остальные"))
        assert self.page.locator("#sessions tbody tr").count() == 1, "only this one is left"

    def leave(self):
        self.follow(self.page.get_by_role("button", name="Выйти"))
        self.open("/users")
        assert "/login" in self.page.url, "who left is a stranger"
        self.look.signed_in = self.look.sign_in()
