"""Looks at every page of a town in chromium: pictures, nothing wider than the screen, nothing on the console, axe-core.

screens.py TOWN.json FOLDER [--quick] [--only WORD] [--no-axe] [--no-pictures]
"""

import argparse
import json
import pathlib
import re
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright
from walk import Walk

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
BUDGET = 50_000

# Name, path, whether the owner looks; {user} and {node} are the first of the town's.
PAGES = [
    ("public", "/", False),
    ("login", "/login", False),
    ("overview", "/", True),
    ("nodes", "/nodes", True),
    ("node", "/nodes/{node}", True),
    ("node-week", "/nodes/eu1?window=7d", True),
    ("users", "/users", True),
    ("users-online", "/users?state=online&sort=-name", True),
    ("users-none", "/users?show=nodevices", True),
    ("users-keys", "/users?show=keys", True),
    ("users-found", "/users?q=zzzz", True),
    ("user", "/users/{user}", True),
    ("traffic", "/traffic", True),
    ("traffic-hour", "/traffic?window=today&by=node&step=hour", True),
    ("services", "/services", True),
    ("alerts", "/alerts", True),
    ("settings", "/settings", True),
    ("diagnostics", "/diagnostics", True),
    ("missing", "/users/1234567890123", True),
]
QUICK = {"overview", "users", "user", "traffic", "node"}


class Look:
    def __init__(self, browser, town, folder, choice):
        self.browser, self.town, self.choice = browser, town, choice
        self.folder = pathlib.Path(folder) / f"{town['size']}-peers"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.axe = Axe()
        self.faults, self.seen = [], 0
        self.signed_in = self.sign_in()
        self.names = self.first()

    def context(self, owner=True, **more):
        state = self.signed_in if owner else None
        return self.browser.new_context(ignore_https_errors=True, storage_state=state, **more)

    def sign_in(self):
        context = self.browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        for _ in range(3):
            self.goto(page, "/login")
            page.fill("input[type=password]", self.town["password"])
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/login" not in url)
            # Where chromium let the page go it is at an error of its own, and nobody is signed in.
            state = context.storage_state()
            if any(cookie["name"] == "__Host-vpnweb" for cookie in state["cookies"]):
                break
        context.close()
        return state

    def first(self):
        """The first user and node that the pages lead to."""
        context = self.context()
        page = context.new_page()
        found = {}
        for what, path in (("user", "/users"), ("node", "/nodes")):
            page.goto(self.town["url"] + path)
            links = page.eval_on_selector_all(f"tbody a[href^='{path}/']", "all => all.map(a => a.getAttribute('href'))")
            found[what] = links[0].split("/")[2] if links else None
        context.close()
        return found

    def all(self):
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                for language in ("ru", "en"):
                    if self.choice.quick and (width, scheme, language) not in ((390, "light", "ru"), (1280, "dark", "en")):
                        continue
                    self.suite(width, scheme, language)
        if not self.choice.quick:
            self.suite(320, "light", "ru")

    def suite(self, width, scheme, language):
        size = {"width": width, "height": 844 if width < 600 else 900}
        contexts = {
            owner: self.context(owner, viewport=size, color_scheme=scheme, locale=language, device_scale_factor=1)
            for owner in (True, False)
        }
        for name, path, owner in PAGES:
            if self.choice.only and not re.search(self.choice.only, name):
                continue
            if self.choice.quick and name not in QUICK:
                continue
            if any("{%s}" % key in path and not value for key, value in self.names.items()):
                continue
            self.page(contexts[owner], name, path.format(**self.names), f"{name}-{width}-{scheme}-{language}")
        for context in contexts.values():
            context.close()

    def work(self):
        """What the main thread does for the users page, by chromium's own trace: the least of three, others' work only adds."""
        for width in (390, 1280):
            context = self.context(viewport={"width": width, "height": 844})
            page = context.new_page()
            took = min(self.traced(page) for _ in range(3))
            context.close()
            print(f"{self.town['size']} peers: the users page takes {took:.0f} ms of main thread at {width}", flush=True)
            if not 0 < took < 100:
                self.fault(f"users-{width}", f"{took:.0f} ms of main thread")

    def traced(self, page):
        page.goto(self.town["url"] + "/settings")
        self.browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
        page.goto(self.town["url"] + "/users", wait_until="networkidle")
        events = json.loads(self.browser.stop_tracing())["traceEvents"]
        mains = {
            (event["pid"], event["tid"]) for event in events
            if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
        }
        tasks = [e for e in events if e["name"] == "ThreadControllerImpl::RunTask" and (e["pid"], e["tid"]) in mains]
        return sum(task.get("tdur", 0) for task in tasks) / 1000

    def page(self, context, name, path, label):
        page = context.new_page()
        words, requests, sizes = [], [], []
        page.on("console", lambda message: words.append(message.text))
        page.on("pageerror", lambda error: words.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        answer = self.goto(page, path, words, requests)
        self.seen += 1
        expected = {"missing": (404,), "alerts": (200, 404)}.get(name, (200,))
        if answer.status not in expected:
            self.fault(label, f"status {answer.status}")
        words = [word for word in words if answer.status == 200 or "status of 404" not in word]
        for word in words:
            self.fault(label, f"console: {word}")
        if len([one for one in requests if not one.startswith("data:")]) > 4:
            self.fault(label, f"{len(requests)} requests: {requests}")
        size = answer.request.sizes()["responseBodySize"]
        if size > BUDGET:
            self.fault(label, f"{size} bytes")
        wide = page.evaluate(
            """() => {
              const room = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= room) return null;
              return [...document.querySelectorAll("body *")].filter(e => {
                const box = e.getBoundingClientRect();
                return box.width && box.right > room + 1 && !e.closest(".skip, .unseen, caption");
              }).slice(0, 3).map(e => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.trim().slice(0, 60));
            }""")
        if wide is not None:
            self.fault(label, f"wider than the screen: {wide}")
        over = page.evaluate(
            """() => [...document.querySelectorAll("main :is(td, th, dd, dt, li, p, h1, h2, h3, small, label)")].filter(e => {
                const style = getComputedStyle(e);
                return e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && style.overflowX == "visible"
                  && !e.closest(".unseen, caption");
              }).slice(0, 3).map(e => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.trim().slice(0, 60))""")
        if over:
            self.fault(label, f"words over their neighbours: {over}")
        if not self.choice.no_pictures:
            # Of five thousand peers' pages the first screens say it all.
            page.screenshot(path=self.folder / f"{label}.png", full_page=True, clip=self.clip(page))
        if not self.choice.no_axe:
            for violation in self.axe.run(page, options=WCAG).response["violations"]:
                where = [node["target"] for node in violation["nodes"][:3]]
                self.fault(label, f"axe {violation['id']} ({len(violation['nodes'])}): {where}")
        page.close()

    def goto(self, page, path, *told):
        """Chromium lets a page go when an interface of the machine comes or goes, as other tests make them: asked again."""
        for last in (False, False, True):
            try:
                return page.goto(self.town["url"] + path, wait_until="load")
            except Error as error:
                if last or not re.search("ERR_NETWORK_CHANGED|chrome-error:", str(error)):
                    raise
                for list in told:
                    list.clear()
        return None

    @staticmethod
    def clip(page):
        size = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        return {"x": 0, "y": 0, "width": size[0], "height": min(size[1], 6000)}

    def fault(self, label, words):
        self.faults.append(f"{self.town['size']} peers, {label}: {words}")
        print("  " + self.faults[-1], flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("town")
    parser.add_argument("folder")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--no-axe", action="store_true")
    parser.add_argument("--no-pictures", action="store_true")
    choice = parser.parse_args()
    town = json.loads(pathlib.Path(choice.town).read_text())
    begun = time.monotonic()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        look = Look(browser, town, choice.folder, choice)
        look.all()
        if not choice.only or choice.only == "none":
            look.work()
            Walk(look).run()
        browser.close()
    print(f"{town['size']} peers: {look.seen} pages in {time.monotonic() - begun:.0f} s, {len(look.faults)} faults")
    sys.exit(1 if look.faults else 0)


main()
