#!/usr/bin/env python3
"""read_in_browser.py PAGE...: each HTML report as a reader has it, in a real browser: it draws, asks nobody for
anything, and prints on A4 with every word on the paper and large enough. Needs Debian's chromium and
poppler-utils."""

import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

A4 = sorted((595, 842))  # points
LEAST_HEIGHT = 8.0  # of a word's box, in points: type of nearly 7, what is read without a glass


def print_page(page, folder):
    """The page's words on paper, and which addresses it asked for."""
    paper = folder / "paper.pdf"
    log = folder / "net.json"
    subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run",
         "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}",
         f"--log-net-log={log}", "--no-pdf-header-footer", f"--print-to-pdf={paper}",
         pathlib.Path(page).resolve().as_uri()],
        check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    told = json.loads(log.read_text(encoding="utf-8", errors="replace"))
    begun = told["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    # What the browser itself wants to know (updates) has no origin.
    asked = [event["params"]["url"] for event in told["events"]
             if event["type"] == begun and event.get("params", {}).get("url", "").startswith("http")
             and event["params"].get("initiator") != "not an origin"]
    boxes = subprocess.run(["pdftotext", "-bbox", str(paper), "-"], check=True, capture_output=True).stdout
    return xml.etree.ElementTree.fromstring(boxes), asked


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.headings = []
        self.drawings = 0
        self.points = 0
        self.tables = 0
        self.in_heading = False

    def handle_starttag(self, tag, attributes):
        self.drawings += tag == "svg"
        self.points += tag in ("circle", "path", "rect", "polygon")
        self.tables += tag == "table"
        if tag == "th":
            self.in_heading = True
            self.headings.append("")

    def handle_endtag(self, tag):
        if tag == "th":
            self.in_heading = False

    def handle_data(self, text):
        if self.in_heading:
            self.headings[-1] += text


def look_at(page):
    read = Page()
    read.feed(pathlib.Path(page).read_text(encoding="utf-8"))
    assert read.drawings >= 2, f"{page}: {read.drawings} drawings, a chart and a map are wanted"
    assert read.points > 10, f"{page}: the drawings are empty"
    assert read.tables >= 2, f"{page}: {read.tables} tables"
    with tempfile.TemporaryDirectory() as folder:
        paper, asked = print_page(page, pathlib.Path(folder))
    assert not asked, f"{page}: asked for {asked}"
    space = "{http://www.w3.org/1999/xhtml}"
    words = set()
    sheets = paper.findall(f".//{space}page")
    assert sheets, f"{page}: nothing was printed"
    for number, sheet in enumerate(sheets, 1):
        width, height = float(sheet.get("width")), float(sheet.get("height"))
        assert all(abs(a - b) < 2 for a, b in zip(sorted((width, height)), A4)), f"{page}: {width} x {height}"
        for word in sheet.iter(f"{space}word"):
            left, right = float(word.get("xMin")), float(word.get("xMax"))
            top, bottom = float(word.get("yMin")), float(word.get("yMax"))
            words.add(word.text)
            assert left >= 0 and right <= width + 1 and top >= 0 and bottom <= height + 1, \
                f"{page}: sheet {number}: \"{word.text}\" is off the paper"
            # Of words on their side (a chart's) the box says nothing.
            upright = right - left >= bottom - top or len(word.text) < 3
            assert not upright or bottom - top >= LEAST_HEIGHT, \
                f"{page}: sheet {number}: \"{word.text}\" is {bottom - top:.1f} points high"
    for heading in read.headings:
        for word in heading.split():
            assert word in words, f"{page}: the heading \"{heading}\" is not on the paper"
    print(f"{page}: {len(sheets)} sheets, {len(words)} words")


def see_that_a_request_is_seen():
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "asks.html"
        page.write_text('<p>asks</p><img src="http://xalink.invalid/picture.png">', encoding="utf-8")
        _, asked = print_page(page, pathlib.Path(folder))
    assert asked == ["http://xalink.invalid/picture.png"], f"a page that asks was not caught: {asked}"


see_that_a_request_is_seen()
for name in sys.argv[1:]:
    look_at(name)
