// The households of the village, one of them, and a list handed over by the commune.
import * as outbox from "../outbox.js";
import {
  copy,
  counted,
  draw,
  make,
  on,
  part,
  put,
  row,
  show as reveal,
  spot,
  worded,
} from "../page.js";
import { household as find, readPackage, session, today, villageOnShow } from "../session.js";
import { stateOf } from "../states.js";
import { day, fold, shortDay } from "../text.js";
import { poverty as whoIsPoor } from "../village.js";
import { householdTitle, isDone, worklist } from "../worklist.js";

const PAGE = 30;
const OLDER = 60;
const ADULT = 18;
// Kept while the page lives: Back from a household leads to the same list. What was typed
// belongs to one list: elsewhere it would hide households for no visible reason.
const asked = { texts: new Map(), sieve: new Set(), sort: "number" };

export async function show(root) {
  return listOf(root, { title: gettext("Households"), href: (one) => `#/household/${one.u}` });
}

// The same list, to choose whom a visit is about.
export const choose = {
  show: (root) =>
    listOf(root, {
      title: gettext("Which household?"),
      href: (one) => `#/visit/${one.u}`,
      urgentFirst: true,
    }),
};

// A list that an official handed over: what remains stands first.
export const handed = {
  async show(root, { id }) {
    await readPackage();
    const list = session.package.villages
      .flatMap((village) => village.lists ?? [])
      .find((one) => String(one.id) === id);
    if (!list) return missing(root);
    const rows = list.households.map(find).filter(Boolean);
    const left = rows.filter((one) => !isDone(one, list));
    const poor = session.answer === "ok" ? await whoIsPoor(session.user) : null;
    const shown = await listOf(root, {
      rows: [...left, ...rows.filter((one) => isDone(one, list))],
      list,
      href: (one) => `#/household/${one.u}`,
      keepOrder: true,
    });
    return {
      ...shown,
      title: poor?.titles?.[list.id] ?? list.title,
      subtitle: worded(gettext("%(left)s of %(all)s still to visit"), {
        left: left.length,
        all: rows.length,
      }),
    };
  },
};

function missing(root) {
  draw(root, "missing");
  return { title: gettext("Not found"), back: "#/" };
}

async function listOf(
  root,
  { title = "", rows = null, list = null, href, keepOrder = false, urgentFirst = false },
) {
  await readPackage();
  const now = await today();
  const village = villageOnShow();
  const all = rows ?? session.package.households.filter((one) => !village || one.v === village.id);
  draw(root, "households");
  const input = root.querySelector("#find");
  const place = list ? `#/list/${list.id}` : urgentFirst ? "#/households/visit" : "#/households";
  if (!urgentFirst) session.list = place;
  input.value = asked.texts.get(place) ?? "";
  part(root, "sieve").hidden = keepOrder || urgentFirst;
  reveal(root, "new", !keepOrder);
  spot(root, "scan").href = urgentFirst ? "#/scan/visit" : "#/scan";
  const poor = await poverty(root);
  const urgent = urgentFirst
    ? worklist(session.package, now, { village: village?.id ?? null, poverty: poor })
    : [];
  const order = new Map(urgent.map(({ household }, at) => [household.u, at]));
  const why = new Map(urgent.map(({ household, reasons }) => [household.u, reasons[0].text]));
  let most = PAGE;
  const fill = () => {
    const found = all.filter(
      (one) =>
        matches(one, input.value) &&
        (keepOrder || urgentFirst || passes(one, asked.sieve, { now, poor })),
    );
    if (urgentFirst && !input.value)
      found.sort(
        (a, b) => (order.get(a.u) ?? Infinity) - (order.get(b.u) ?? Infinity) || byNumber(a, b),
      );
    else if (!keepOrder) found.sort(SORTS[urgentFirst ? "number" : asked.sort]);
    spot(root, "rows").replaceChildren(
      ...found.slice(0, most).map((one) => rowOf(one, { href, list, now, why: why.get(one.u) })),
    );
    put(
      root,
      "count",
      found.length
        ? counted(
            ngettext("%(count)s household", "%(count)s households", found.length),
            found.length,
          )
        : gettext("No household is found. Try the number, or a part of a name without accents."),
    );
    root.querySelector("[data-do='more']").hidden = found.length <= most;
  };
  input.addEventListener("input", () => {
    asked.texts.set(place, input.value);
    most = PAGE;
    fill();
  });
  on(root, "more", () => {
    most += PAGE;
    fill();
  });
  sieve(root, fill);
  fill();
  return { title, subtitle: village?.name, back: "#/" };
}

// Who is poor is known only while there is a signal, and kept nowhere.
async function poverty(root) {
  const poor = session.answer === "ok" ? await whoIsPoor(session.user) : null;
  const box = root.querySelector("[name='sieve'][value='poor']");
  box.disabled = !poor;
  if (!poor) asked.sieve.delete("poor");
  put(root, "poor-hint", poor ? "" : gettext("(with a signal only)"));
  return poor;
}

function sieve(root, fill) {
  const tell = () => put(root, "sieve-on", asked.sieve.size ? ` (${asked.sieve.size})` : "");
  for (const box of root.querySelectorAll("[name='sieve']")) {
    box.checked = asked.sieve.has(box.value);
    box.addEventListener("change", () => {
      if (box.checked) asked.sieve.add(box.value);
      else asked.sieve.delete(box.value);
      tell();
      fill();
    });
  }
  const sort = root.querySelector("#sort");
  sort.value = asked.sort;
  sort.addEventListener("change", () => {
    asked.sort = sort.value;
    fill();
  });
  tell();
}

function matches(household, text) {
  const wanted = fold(text);
  if (!wanted) return true;
  const bare = wanted.replace(/^(ho|household)\s+/, "");
  if (/^\d+$/.test(bare))
    return String(household.n ?? "")
      .padStart(3, "0")
      .includes(bare);
  return (
    household.m.some((member) => fold(member.f).includes(wanted)) ||
    fold(household.a ?? "").includes(wanted)
  );
}

function passes(household, wanted, { now, poor }) {
  const year = Number(now.slice(0, 4));
  const adults = household.m.filter((member) => year - member.y >= ADULT);
  const tests = {
    unreached: () => adults.some((member) => !member.e),
    unable: () => adults.some((member) => member.b !== 1),
    older: () => adults.some((member) => year - member.y >= OLDER),
    no_device: () => household.d === false,
    poor: () => poor !== null && (poor.poor.has(household.u) || poor.near_poor.has(household.u)),
  };
  return [...wanted].every((name) => tests[name]());
}

function byNumber(a, b) {
  return (a.n ?? 1e9) - (b.n ?? 1e9);
}

const headOf = (household) => (household.m.find((member) => member.h) ?? household.m[0])?.f ?? "";
// Vietnamese are called by the last word of their name.
const callName = (household) => fold(headOf(household).split(/\s+/u).reverse().join(" "));

const SORTS = {
  number: byNumber,
  name: (a, b) => callName(a).localeCompare(callName(b)) || byNumber(a, b),
  oldest: (a, b) => (a.l ?? "").localeCompare(b.l ?? "") || byNumber(a, b),
};

function rowOf(household, { href, list, now, why }) {
  const last = household.l
    ? worded(gettext("Last visit %(day)s"), { day: shortDay(household.l, now) })
    : gettext("Never visited");
  const lines = why ? [["row-why is-calm", why]] : [["row-note", last]];
  if (list && isDone(household, list)) lines.unshift(["row-state good", gettext("Visited")]);
  if (household.a) lines.push(["row-note", household.a]);
  return row(href(household), householdTitle(household), lines);
}

// One household: its members, what each can do, the way to record a visit.
export const household = {
  async show(root, { uuid }) {
    await readPackage();
    const one = find(uuid);
    if (!one) return missing(root);
    const now = await today();
    draw(root, "household");
    put(root, "address", one.a);
    if (one.r)
      put(
        root,
        "promise",
        worded(gettext("Promised to come back on %(day)s"), { day: shortDay(one.r, now) }),
      );
    spot(root, "members").append(
      ...one.m.map((member) => memberRow(member, Number(now.slice(0, 4)))),
    );
    reveal(root, "nobody", one.m.length === 0);
    put(
      root,
      "last",
      one.l
        ? `${day(one.l)}${one.w ? ` (${gettext("nobody at home")})` : ""}`
        : gettext("Never visited"),
    );
    put(
      root,
      "device",
      { true: gettext("Yes"), false: gettext("No") }[String(one.d)] ?? gettext("Not asked"),
    );
    put(
      root,
      "connection",
      one.c
        ? root.querySelector(`[data-connection="${CSS.escape(one.c)}"]`)?.textContent
        : gettext("Not asked"),
    );
    spot(root, "record").href = `#/visit/${uuid}`;
    await ownVisits(root, uuid);
    const village = session.package.villages.find((candidate) => candidate.id === one.v);
    return { title: householdTitle(one), subtitle: village?.name, back: session.list };
  },
};

async function ownVisits(root, uuid) {
  const rows = [];
  for (const { uuid: key } of (await outbox.list(session.user)).reverse()) {
    const entry = await outbox.get(key);
    if (entry?.kind !== "visit" || entry.body?.household !== uuid) continue;
    const { words, kind } = stateOf(entry);
    rows.push(
      row(
        `#/entry/${key}`,
        worded(gettext("Visit of %(day)s"), { day: day(entry.body.visited_on) }),
        [[`row-state ${kind}`, words]],
      ),
    );
  }
  spot(root, "visits").replaceChildren(...rows);
}

const OUTCOMES = { a: "alone", w: "with_help", n: "not_yet" };

// The three rungs, never merged.
function rungsOf(member, year) {
  if (year - member.y < ADULT) return gettext("under 18");
  const rungs = [
    ...(member.h ? [gettext("Household head")] : []),
    member.e ? gettext("reached") : gettext("not reached yet"),
  ];
  if (member.b === 1) rungs.push(gettext("does it alone"));
  if (member.k) rungs.push(gettext("confirmed on VNeID"));
  const words = rungs.join(" · ");
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function memberRow(member, year) {
  const element = copy("row-member").firstElementChild;
  const born = worded(gettext("born %(year)s"), { year: member.y });
  put(element, "who", `${member.f}, ${born.replaceAll(" ", "\u00a0")}`);
  put(element, "rungs", rungsOf(member, year));
  const english = document.documentElement.lang === "en";
  const words = document.getElementById("words-of-a-visit").content;
  const lines = session.package.skills.flatMap((skill, at) => {
    const outcome = OUTCOMES[member.o[at]];
    if (!outcome) return [];
    const told = words.querySelector(`[data-outcome="${outcome}"]`).textContent;
    return [
      make(
        "li",
        {},
        make("span", {}, (english && skill.name_en) || skill.name),
        make("b", {}, told),
      ),
    ];
  });
  spot(element, "skills").append(...lines);
  part(element, "skills").hidden = lines.length === 0;
  return element;
}
