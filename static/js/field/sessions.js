// The sessions on this phone: what the commune sent, with the lists that wait laid over it.
import * as outbox from "./outbox.js";
import { worded } from "./page.js";
import { session as person } from "./session.js";

const SURELY = 60 * 1000;

// Each session with `came` (residents' UUIDs), `staff` (keys) and `walkIns` (UUIDs) that are
// noted already, here or at the commune, and `count`, how many they are.
export async function sessionsKnown({ without = null } = {}) {
  const known = person.package?.sessions ?? [];
  const sheets = known.length ? await waitingSheets() : [];
  const others = sheets.filter(({ uuid }) => uuid !== without);
  return known.map((one) => withSheets(one, others));
}

// `without`: a list that is being written anew.
export async function sessionKnown(uuid, options) {
  return (await sessionsKnown(options)).find((one) => one.u === uuid) ?? null;
}

function withSheets(known, sheets) {
  const noted = { came: new Set(known.c), staff: new Set(known.cs), walkIns: new Set(known.cw) };
  let { n: count } = known;
  const add = (set, key) => {
    if (set.has(key)) return;
    set.add(key);
    count += 1;
  };
  for (const { body } of sheets) {
    if (body.session !== known.u) continue;
    for (const { resident } of body.people) add(noted.came, resident);
    for (const key of body.staff) add(noted.staff, key);
    for (const { uuid } of body.walk_ins) add(noted.walkIns, uuid);
  }
  return { ...known, ...noted, count };
}

// A list that the commune has received counts here until a package came that surely knows it.
async function waitingSheets() {
  const asOf = Date.parse(person.package.as_of);
  const entries = await outbox.list(person.user);
  return entries.filter(
    ({ kind, state, received_at: at, body, dismissed }) => {
      if (kind !== "attendance" || !body) return false;
      const isKnown = state === "received" && Date.parse(at) + SURELY < asOf;
      return !isKnown && !(state === "held" && dismissed);
    },
  );
}

// What a list says, as the form holds it while it is written.
export function formOf({ people, staff, walk_ins: walkIns }) {
  return {
    people: people.map(({ resident, outcomes, confirmed }) => ({ resident, outcomes, confirmed })),
    staff,
    walk_ins: walkIns.map((one) => ({
      ...one,
      birth_year: one.birth_year ? String(one.birth_year) : "",
      village: one.village ? String(one.village) : "",
    })),
  };
}

// The person that a UUID stands for, of the village or of those who are expected:
// {key, name, year, place, household, number}, or null.
export function personKnown(uuid) {
  for (const { x } of person.package?.sessions ?? []) {
    const one = x.find((expected) => expected.u === uuid);
    if (one) return expectedPerson(one);
  }
  for (const household of person.package?.households ?? []) {
    const member = household.m.find((one) => one.u === uuid);
    if (member) return villagePerson(member, household);
  }
  return null;
}

export function expectedPerson({ u, i, f, y, v, h, n }) {
  return i
    ? { key: i, isStaff: true, name: f, year: null, place: gettext("Staff") }
    : { key: u, name: f, year: y, place: v, household: h, number: n };
}

export function villagePerson(member, household) {
  const village = person.package.villages.find((one) => one.id === household.v);
  return {
    key: member.u,
    name: member.f,
    year: member.y,
    place: village?.name ?? "",
    household: household.u,
    number: household.n,
  };
}

// «Lò Văn Mẫu, sinh 1961»
export function calledBy({ name, year }) {
  return year ? `${name}, ${worded(gettext("born %(year)s"), { year })}` : name;
}

export function hours({ a: starts, z: ends }) {
  return [starts, ends].filter(Boolean).join("–");
}
