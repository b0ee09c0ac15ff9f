#!/usr/bin/env python3
"""Figures of services once more, from the store's tables and the CSV files, without a line of the gateway.

recompute.py STORE FIRST LAST date|exact FILE...   FILEs: calendar, communes, zones, sites, procedures, as CSV

Prints for each unit and figure: level|key|figure|numerator|denominator. Follows the rules in words
(Decision 766, indicator 2.1; working days of the one-stop software), not the gateway's code.
"""
import csv
import sqlite3
import sys
from datetime import date, datetime, timedelta

EPOCH = datetime(1970, 1, 1)
VIETNAM = timedelta(hours=7)
DAY_MS = 86_400_000
WORK = {2, 4, 5, 6, 9, 10}
OVER = {3, 7, 8, 9, 10}


def local(ms):
    return EPOCH + VIETNAM + timedelta(milliseconds=ms)


def day(ms):
    return local(ms).date()


def ms_of(moment):
    return (moment - VIETNAM - EPOCH) // timedelta(milliseconds=1)


# ---- the store

def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def columns_of(data):
    count, at = varint(data, 0)
    columns = []
    for _ in range(count):
        kind, at = varint(data, at)
        size, at = varint(data, at)
        name = data[at:at + size].decode()
        at += size
        size, at = varint(data, at)
        at += size
        columns.append((name, kind))
    return columns


def values_of(columns, data):
    at = (len(columns) + 7) // 8
    values = {}
    for i, (name, kind) in enumerate(columns):
        if not data[i // 8] >> (i % 8) & 1:
            values[name] = None
        elif kind == 11:
            values[name] = data[at] != 0
            at += 1
        elif kind in (12, 14, 15):
            size, at = varint(data, at)
            values[name] = data[at:at + size].decode()
            at += size
        else:
            values[name], at = varint(data, at)
    return values


def events_of(store):
    shapes = {row[0]: columns_of(row[1]) for row in
              store.execute("SELECT id, columns FROM schema WHERE device = 'dossiers' AND grp = 'Dossier'")}
    rows = store.execute(
        "SELECT n.node, t.time_ms, r.schema, r.body FROM record r JOIN epoch e ON e.id = r.epoch "
        "JOIN node n ON n.id = e.node "
        "JOIN record_time t ON t.epoch = r.epoch AND t.lane = r.lane AND t.row_id = r.row_id "
        "WHERE r.first IS NULL")
    for site, recorded, shape, body in rows:
        if shape not in shapes:
            continue
        event = values_of(shapes[shape], body)
        if not event.get("Code") or not 1 <= (event.get("State") or 0) <= 10:
            continue
        event["site"] = site
        event["recorded"] = recorded
        for name in ("State At", "Submitted", "Received", "Due", "Finished", "Returned"):
            if event.get(name) is not None and local(event[name]) < datetime(2003, 1, 1, 7):
                event[name] = None
        yield event


# ---- the files

def rows_of(files):
    tables = {}
    for file in files:
        with open(file, encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
        heads = set(rows[0]) if rows else set()
        kind = ("calendar" if "day_type" in heads else "zones" if "zone_from" in heads else
                "sites" if "site" in heads else "procedures" if "procedure" in heads else "communes")
        tables[kind] = rows
    return tables


def when(text):
    return date.fromisoformat(text) if text else None


class World:
    def __init__(self, tables):
        self.holidays = {when(r["day"]) for r in tables["calendar"] if r["day_type"] == "holiday"}
        self.made_up = {when(r["day"]) for r in tables["calendar"] if r["day_type"] == "working"}
        self.procedures = {r["procedure"]: r for r in tables["procedures"]}
        self.communes = {(r["code"], r["valid_from"]): r for r in tables["communes"]}
        self.zones = tables["zones"]
        self.sites = {r["site"]: r for r in tables["sites"]}

    def works(self, d):
        return d in self.made_up or (d.weekday() < 5 and d not in self.holidays)

    def next(self, d):
        d += timedelta(1)
        while not self.works(d):
            d += timedelta(1)
        return d

    def limit(self, code):
        for name in (code, ".".join(code.split(".")[:2])):
            row = self.procedures.get(name)
            if row:
                return (float(row["limit"]), row["limit_unit"]) if row["limit"] else None
        return None

    def level(self, code):
        for name in (code, ".".join(code.split(".")[:2])):
            if name in self.procedures:
                return {"full": 4, "partial": 3, "information": 2}.get(self.procedures[name]["online"])
        return None

    def due(self, accepted, limit):
        """Office hours 07:00 to 11:30, 13:30 to 17:00."""
        t = local(accepted)
        d, clock = t.date(), t - datetime.combine(t.date(), datetime.min.time())
        h = timedelta(hours=1)
        if not self.works(d) or clock > 17 * h:
            d, clock = self.next(d), 7 * h
        elif clock < 7 * h:
            clock = 7 * h
        elif 11.5 * h < clock < 13.5 * h:
            clock = 13.5 * h
        amount, unit = limit
        if unit == "days":
            d += timedelta(amount)
            while not self.works(d):
                d += timedelta(1)
        else:
            hours = amount * 8 if unit == "working_days" else amount
            for _ in range(int(hours // 8)):
                d = self.next(d)
            left = (hours % 8) * h
            while left > timedelta(0):
                begin, end = (clock, 11.5 * h) if clock < 11.5 * h else (max(clock, 13.5 * h), 17 * h)
                if left <= end - begin:
                    clock, left = begin + left, timedelta(0)
                else:
                    left -= end - begin
                    if end == 17 * h:
                        d, clock = self.next(d), 7 * h
                    else:
                        clock = 13.5 * h
        return ms_of(datetime.combine(d, datetime.min.time()) + clock)

    def working_days(self, after, up_to):
        d, last, count = day(after), day(up_to), 0
        while d < last:
            d += timedelta(1)
            count += self.works(d)
        return count

    def commune(self, site, d):
        row = self.sites.get(site)
        if not row:
            return None
        unit = self.communes[(row["code"], row["valid_from"])]
        while unit["valid_to"] and when(unit["valid_to"]) < d:
            code, first = unit["successors"].split("@")
            unit = self.communes[(code, first)]
        return unit

    def units(self, event_site, d):
        unit = self.commune(event_site, d)
        yield "all", ""
        yield "site", event_site
        if not unit:
            for level in ("province", "district", "zone", "commune"):
                yield level, ""
            return
        yield "province", unit["province_code"]
        yield "district", unit["province_code"] + "/" + unit["district_code"]
        zone = ""
        for row in self.zones:
            if (row["code"], row["valid_from"]) == (unit["code"], unit["valid_from"]):
                if when(row["zone_from"]) <= d <= (when(row["zone_to"]) or date.max):
                    zone = row["zone"]
        yield "zone", zone
        yield "commune", unit["code"] + "@" + unit["valid_from"]


# ---- one dossier

FIELDS = ["Code", "Procedure", "Agency", "State", "State At", "Submitted", "Received", "Due", "Finished", "Returned",
          "Channel", "Level", "Online Payment", "Fee", "Digitised", "Supplement Requests",
          "Attachments", "Result File"]
TOLD_BY = {1: "Submitted", 2: "Received", 9: "Finished", 10: "Returned"}


def told(event, name):
    value = event.get(name)
    return None if value == "" else value


def time_of(event):
    if told(event, "State At") is not None:
        return event["State At"]
    by = told(event, TOLD_BY.get(event["State"], "")) if event["State"] in TOLD_BY else None
    return event["recorded"] if by is None else by


def rank(event):
    def some(value):
        return (value is not None, value if value is not None else 0)
    text = ("Code", "Procedure", "Agency", "Level")
    rest = [event["site"]] + [(event.get(f) or "") if f in text else event[f] if f == "State" else some(event.get(f))
                              for f in FIELDS]
    return (time_of(event), event["State"], event["recorded"], rest)


def ordered(events):
    events = sorted(events, key=rank)
    seen, kept = set(), []
    for event in events:
        same = tuple((event.get(f) or None) if f in ("Procedure", "Agency", "Level") else event.get(f) for f in FIELDS)
        if (time_of(event), same) not in seen:
            seen.add((time_of(event), same))
            kept.append(event)
    # Acceptance that nobody reported.
    tells = next((e for e in kept if told(e, "Received") is not None), None)
    if tells and not any(e["State"] == 2 for e in kept):
        received = tells["Received"]
        if not any(e["State"] != 1 and time_of(e) < received for e in kept):
            kept.append({**tells, "State": 2, "State At": received, "Supplement Requests": None})
            kept.sort(key=rank)
    # Ends that nobody reported.
    made, work, finished = [], 0, False
    for event in kept:
        if event["State"] not in OVER:
            work, finished = time_of(event), False
            continue
        finished = finished or event["State"] == 9
        if event["State"] == 10 and not finished and told(event, "Finished") is not None:
            if work <= event["Finished"] <= time_of(event):
                made.append({**event, "State": 9, "State At": event["Finished"], "Supplement Requests": None})
                finished = True
    return sorted(kept + made, key=rank)


def level_of(text, world, procedure):
    known = {"4": 4, "3": 3, "2": 2, "1": 2, "toàn trình": 4, "một phần": 3}.get(text or "")
    return known or world.level(procedure)


class Dossier:
    def __init__(self, events, as_of):
        events = [e for e in events if time_of(e) < as_of]
        self.there = bool(events)
        if not events:
            return
        self.site, self.stays, self.dues = events[0]["site"], [], []
        last = {}
        for e in events:
            for f in FIELDS:
                if told(e, f) is not None:
                    last[f] = e[f]
            if told(e, "Due") is not None and (not self.dues or self.dues[-1][0] != e["Due"]):
                self.dues.append((e["Due"], time_of(e)))
            if not self.stays or self.stays[-1][0] != e["State"]:
                self.stays.append((e["State"], time_of(e)))
        self.last = last
        self.first = self.stays[0][1]
        self.state = self.stays[-1][0]
        accepting = [t for s, t in self.stays if s == 2] or [None]
        self.accepted = last.get("Received", accepting[0])
        self.guessed = False
        if self.accepted is None:
            working = [t for s, t in self.stays if s in WORK]
            self.guessed = bool(working)
            self.accepted = working[0] if working else None
        ends = [t for _, t in self.stays[1:]] + [None]
        self.supplements = [(t, e) for (s, t), e in zip(self.stays, ends) if s == 5]
        self.requests = max([len(self.supplements)] + [e.get("Supplement Requests") or 0 for e in events])
        run = []
        for stay in reversed(self.stays):
            if stay[0] not in OVER:
                break
            run.insert(0, stay)
        self.ended = self.ended_by = None
        for wanted in ({9}, {10}, {8, 3}, {7}):
            times = [t for s, t in run if s in wanted]
            if times and (wanted != {7} or self.accepted is not None):
                self.ended, self.ended_by = times[0], wanted
                break

    def waited(self, supplement, until):
        asked, given = supplement
        return max(min(given if given is not None else until, until) - max(asked, self.accepted), 0)

    def judge(self, world, as_of, exact, first_due=False):
        if self.ended is not None:
            end = self.ended
        elif self.state == 5:
            end = self.supplements[-1][0]
        else:
            end = as_of - 1
        by_limit = not self.dues
        due = self.dues[0 if first_due else -1][0] if self.dues else None
        if due is None:
            limit = world.limit(self.last.get("Procedure", ""))
            if limit and not self.guessed:
                due = world.due(self.accepted, limit)
        compared = end
        for s in self.supplements:
            renewed = not by_limit and not first_due and len(self.dues) > 1 and self.dues[-1][1] >= s[0]
            compared -= 0 if renewed else self.waited(s, end)
        if self.requests > 1:
            return "late"
        if due is None:
            return None
        late = day(compared) > day(due)
        if exact:
            midnight = local(due).time() == datetime.min.time()
            late = compared >= due + DAY_MS if midnight else compared > due
        return "late" if late else "early" if day(compared) < day(due) else "on time"


# ---- all of them

def main():
    store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
    first, last = when(sys.argv[2]), when(sys.argv[3])
    exact = sys.argv[4] == "exact"
    world = World(rows_of(sys.argv[5:]))
    as_of = ms_of(datetime.combine(last + timedelta(1), datetime.min.time()))
    tallies = {}

    def count(units, **changes):
        for unit in units:
            tally = tallies.setdefault(unit, {"times": []})
            for name, change in changes.items():
                if name == "time":
                    tally["times"].append(change)
                else:
                    tally[name] = tally.get(name, 0) + change

    dossiers = {}
    for event in events_of(store):
        dossiers.setdefault(event["Code"], []).append(event)
    for events in dossiers.values():
        d = Dossier(ordered(events), as_of)
        if not d.there:
            continue
        where = lambda t: list(world.units(d.site, day(t))) + [("procedure", d.last.get("Procedure", ""))]
        inside = lambda t: t is not None and first <= day(t) <= last
        if d.accepted is None:
            if inside(d.first):
                count(where(d.first), not_accepted=1)
            continue
        if inside(d.accepted):
            online = d.last.get("Channel") == 2
            level = level_of(d.last.get("Level"), world, d.last.get("Procedure", ""))
            paid, fee = d.last.get("Online Payment"), d.last.get("Fee")
            bears = bool(paid) or (fee is True and paid is not None)
            count(where(d.accepted), received=1, told=d.last.get("Channel") is not None, online=online,
                  full=level == 4, full_online=level == 4 and online, part=level == 3,
                  part_online=level == 3 and online, levels=level is not None, bears=bears, paid=bool(paid),
                  digitised=d.last.get("Digitised") is True, flags=d.last.get("Digitised") is not None)
        if inside(d.ended):
            standing = d.judge(world, as_of, exact)
            saved = standing in ("early", "on time") and d.judge(world, as_of, exact, True) == "late"
            count(where(d.ended), resolved=1, early=standing == "early", on_time=standing == "on time",
                  late=standing == "late", unjudged=standing is None, saved=saved)
            papers, result = d.last.get("Attachments"), d.last.get("Result File")
            if d.ended_by in ({9}, {10}):
                both = papers is not None and result is not None
                count(where(d.ended), results=result is True, results_told=result is not None,
                      digital=both and papers and result, digital_told=both)
            if not d.guessed:
                time = d.ended - d.accepted - sum(d.waited(s, d.ended) for s in d.supplements)
                count(where(d.ended), time=max(time, 0), days=world.working_days(d.accepted, d.ended))
        elif d.ended is None:
            standing = d.judge(world, as_of, exact)
            count(where(as_of - 1), pending=1, overdue=standing == "late", unjudged=standing is None,
                  in_time=standing in ("early", "on time"))
    for (level, key), t in tallies.items():
        n = lambda name: int(t.get(name, 0))
        good, judged = n("early") + n("on_time"), n("early") + n("on_time") + n("late")
        times = sorted(t["times"])
        k = len(times)
        channels = n("told") > 0 or n("received") == 0
        figures = {
            "received": (n("received"), 1), "resolved": (n("resolved"), 1), "resolved_early": (n("early"), 1),
            "resolved_on_time": (n("on_time"), 1), "resolved_late": (n("late"), 1), "pending": (n("pending"), 1),
            "pending_in_time": (n("in_time"), 1), "pending_overdue": (n("overdue"), 1),
            "not_judged": (n("unjudged"), 1), "not_accepted": (n("not_accepted"), 1),
            "saved_by_new_due": (n("saved"), 1),
            "on_time_of_resolved": (good, judged),
            "on_time_of_all": (good + n("in_time"), judged + n("in_time") + n("overdue")),
            "early_of_resolved": (n("early"), judged),
            "online_filed": (n("online"), n("received") if channels else 0),
            "full_online": (n("full_online"), n("full") if channels else 0),
            "partial_online": (n("part_online"), n("part") if channels else 0),
            "full_level_share": (n("full"), n("levels")),
            "online_payment": (n("paid"), n("bears")),
            "reused_data": (n("digitised"), n("flags")),
            "digitised_dossiers": (n("digital"), n("digital_told")),
            "digitised_results": (n("results"), n("results_told")),
            "processing_days": (sum(times), k * DAY_MS),
            "processing_days_median": (times[k // 2] + times[(k - 1) // 2] if k else 0, 2 * DAY_MS if k else 0),
            "processing_working_days": (n("days"), k),
        }
        for name, (numerator, denominator) in figures.items():
            print(level, key, name, numerator, denominator, sep="|")


main()
