// The leader's village on the phone: the last package the commune sent, kept encrypted, with
// everything that still waits on this phone laid over it.
import * as api from "./api.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const LETTERS = { alone: "a", with_help: "w", not_yet: "n" };
const NOT_ASKED = "-";
const BEST_FIRST = "awn";
const SURELY = 60 * 1000;

// Who is poor is asked for while there is signal and forgotten with the page.
const inMemory = new Map();
// On which day a waiting visit laid an outcome over a member.
const laidOn = new WeakMap();
let early = null;

// The package with what waits laid over it, or null when this phone has none of this person.
export async function load(user) {
  const kept = await read(user);
  return kept && withWaiting(kept.package, await waitingEntries(user, kept.package));
}

// Ask for the first package before there is a vault to keep it in: it waits in memory.
export function askEarly(user) {
  early = { user, answer: api.getPackage(null, user) };
}

// Ask for a newer package. Whatever else answers (a captive portal, nobody, a refusal), the
// last one stays. Resolves with {kind, package}: fresh, unchanged, kept, or what refused.
export async function refresh(user) {
  const kept = await read(user);
  const answer = await asked(user, kept?.etag ?? null);
  let kind = answer.kind === "ok" || answer.kind === "unreachable" ? "kept" : answer.kind;
  if (answer.kind === "ok" && answer.status === 304 && kept) {
    await keep(user, { ...kept.package, as_of: answer.as_of ?? kept.package.as_of }, kept.etag);
    kind = "unchanged";
  } else if (answer.kind === "ok" && isPackageOf(user, answer.body)) {
    await keep(user, answer.body, answer.etag ?? null);
    await outbox.hearOfHeld(user, answer.body.held ?? []);
    kind = "fresh";
  }
  return { kind, package: await load(user) };
}

function asked(user, etag) {
  const { user: whose, answer } = early ?? {};
  early = null;
  return whose === user && !etag ? answer : api.getPackage(etag, user);
}

// {poor, near_poor: sets of households, titles: of lists that tell who is poor}. In memory
// only; without signal nobody is known to be poor.
export async function poverty(user) {
  if (!inMemory.has(user)) {
    const answer = await api.getPoverty(user);
    if (answer.kind !== "ok" || !Array.isArray(answer.body?.poor)) return asSets({});
    inMemory.set(user, asSets(answer.body));
  }
  return inMemory.get(user);
}

export function forgetPoverty() {
  early = null;
  inMemory.clear();
}

// Lay entries of the outbox ({uuid, kind, body, saved_at, number}) over a package, the oldest
// first. A household then tells the entries it has in `waiting`.
export function withWaiting(known, entries) {
  const shown = structuredClone(known);
  const rows = new Map(shown.households.map((household) => [household.u, household]));
  for (const entry of corrected(entries)) {
    if (entry.kind === "household") {
      if (!rows.has(entry.uuid)) rows.set(entry.uuid, newHousehold(entry, shown));
      mark(rows.get(entry.uuid), entry);
    } else if (rows.has(entry.body.household)) {
      const household = rows.get(entry.body.household);
      layVisit(household, entry.body, shown.skills);
      mark(household, entry);
    }
  }
  shown.households = [...rows.values()];
  return shown;
}

async function read(user) {
  const row = await store.read("packages", (transaction) => transaction.store.get(user));
  if (!row) return null;
  try {
    return { etag: row.etag, package: await vault.decrypt(user, row.box) };
  } catch (problem) {
    // Written under a data key that has been forgotten since: as good as none.
    if (problem.name === "OperationError") return null;
    throw problem;
  }
}

async function keep(user, known, etag) {
  const box = await vault.encrypt(user, known);
  await store.write("packages", (transaction) => transaction.store.put({ etag, box }, user));
}

function isPackageOf(user, body) {
  return body?.user === user && Array.isArray(body.households) && Array.isArray(body.villages);
}

function asSets({ poor = [], near_poor = [], titles = {} }) {
  return { poor: new Set(poor), near_poor: new Set(near_poor), titles };
}

// Received entries count as waiting until a package that was surely made after them has
// come; what is laid over a package that knows it already changes nothing.
async function waitingEntries(user, known) {
  const entries = await outbox.list(user);
  return entries.filter(({ state, received_at, body, dismissed }) => {
    const isKnown = state === "received" && Date.parse(received_at) + SURELY < Date.parse(known.as_of);
    return body && !isKnown && !(state === "held" && dismissed);
  });
}

// In the order they were saved; a correction takes the place of the visit it corrects.
function corrected(entries) {
  const inOrder = [...entries].sort((a, b) => a.saved_at - b.saved_at);
  const bodies = new Map();
  for (const { kind, body } of inOrder) if (kind === "correction") bodies.set(body.visit, body);
  const waiting = new Set(inOrder.map((entry) => entry.uuid));
  return inOrder
    .filter((entry) => entry.kind !== "correction" || !waiting.has(entry.body.visit))
    .map((entry) => ({ ...entry, body: bodies.get(entry.uuid) ?? entry.body }));
}

function newHousehold({ uuid, body, number = null }, { skills }) {
  return {
    u: uuid, v: Number(body.village), n: number, a: body.address ?? "", d: null, c: "",
    l: null, r: null, w: false,
    m: (body.people ?? []).map((person, place) => newMember(person, place === 0, skills)),
  };
}

function newMember(person, isHead, skills) {
  return {
    u: person.uuid ?? null, f: person.full_name, y: Number(person.birth_year), h: Number(isHead),
    o: NOT_ASKED.repeat(skills.length), e: 0, b: null, k: 0,
  };
}

// As the commune will count it: the last home visit decides about the promise to come back.
function layVisit(household, body, skills) {
  const isNewest = household.l === null || body.visited_on >= household.l;
  if (body.occasion === "home_visit" && isNewest) {
    household.l = body.visited_on;
    household.w = body.difficulty === "away";
    household.r = null;
  }
  if (isNewest) {
    household.r = body.return_on || household.r;
    household.d = body.smart_device ?? household.d;
    household.c = body.connection || household.c;
  }
  const when = { skills, on: body.visited_on, isNewest };
  for (const person of body.people ?? []) {
    const member = household.m.find((one) => one.u === person.resident);
    if (member) layOutcomes(member, person, when);
  }
  for (const person of body.new_people ?? []) {
    const known = household.m.find((one) => one.u && one.u === person.uuid);
    const member = known ?? newMember(person, false, skills);
    if (!known) household.m.push(member);
    layOutcomes(member, person, when);
  }
  household.m.sort((a, b) => b.h - a.h || a.y - b.y);
}

function layOutcomes(member, { outcomes = {}, confirmed = false }, { skills, on, isNewest }) {
  member.e = 1;
  if (confirmed) member.k = 1;
  const days = laidOn.get(member) ?? {};
  laidOn.set(member, days);
  member.o = skills
    .map(({ code }, place) => {
      const known = member.o[place];
      const said = LETTERS[outcomes[code]];
      if (!said || (!isNewest && known !== NOT_ASKED)) return known;
      // Of one day the best outcome counts.
      const isBetter = days[code] !== on || BEST_FIRST.indexOf(said) < BEST_FIRST.indexOf(known);
      days[code] = on;
      return isBetter ? said : known;
    })
    .join("");
  member.b = able(member.o, skills);
}

// 1, 0, or null while some required skill was never asked and none is missing.
function able(letters, skills) {
  const required = [...letters].filter((_, place) => skills[place].required);
  const alone = required.filter((letter) => letter === "a").length;
  const asked = required.filter((letter) => letter !== NOT_ASKED).length;
  if (!required.length || (asked !== required.length && asked === alone)) return null;
  return Number(alone === required.length);
}

function mark(household, { uuid }) {
  household.waiting = [...(household.waiting ?? []), uuid];
}
