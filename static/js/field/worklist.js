// Whom to visit next and why, in words: what households/worklist.py says, worked out on the
// phone. A test compares both on random villages, order and words included.
import { shortDay } from "./text.js";

const VNEID = "vneid";
const ADULT_AGE = 18;
const OLDER_AGE = 60;
const LONG_AGO_DAYS = 60;
const RECENT_DAYS = 14;
const SOON_DAYS = 1;
const LONGEST_REASONS = 3;
const PRESSING = 120;
const UNNUMBERED = 1e9;
const DAY = 24 * 60 * 60 * 1000;

// The words come in a script of their own; without it the texts stay English.
const gettext = (text) => globalThis.gettext?.(text) ?? text;
const ngettext = (one, many, count) =>
  globalThis.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

// The households to visit as of a day, the most urgent first. `village` keeps one village's,
// `poverty` is what the phone knows only in memory ({poor, near_poor}: sets of households).
export function worklist(known, today, { village = null, poverty = null, limit = Infinity } = {}) {
  const entries = [];
  for (const household of known.households) {
    if (village !== null && household.v !== village) continue;
    const reasons = reasonsFor(factsOf(household, known), today, {
      poverty: povertyOf(household, poverty),
    });
    if (!reasons.length) continue;
    entries.push({
      household,
      reasons,
      urgency: reasons.reduce((sum, reason) => sum + reason.weight, 0),
      pressing: reasons[0].weight >= PRESSING,
      title: householdTitle(household),
    });
  }
  return entries.sort(mostUrgentFirst).slice(0, limit);
}

// What the reasons need to know of a household of the package.
export function factsOf(household, { skills }) {
  const vneid = skills.findIndex((skill) => skill.code === VNEID);
  return {
    lastVisitOn: household.l,
    returnOn: household.r,
    wasAway: household.w,
    members: household.m.map((member) => ({
      birthYear: member.y,
      isAble: member.b === 1,
      isConfirmed: member.k === 1,
      doesVneidAlone: vneid >= 0 && member.o[vneid] === "a",
    })),
  };
}

// Why a household should be visited on the day, the strongest reason first, three at most.
// `poverty` is "poor", "near_poor" or "" where nobody may know.
export function reasonsFor(facts, today, { poverty = "" } = {}) {
  const reasons = promised(facts, today);
  const waited = facts.lastVisitOn ? daysBetween(facts.lastVisitOn, today) : null;
  if (waited !== null && waited < RECENT_DAYS && !reasons.length) return [];
  if (waited === null) reasons.push(reason("never_visited", 200));
  else if (facts.wasAway) reasons.push(reason("was_away", 120));
  reasons.push(...aboutPeople(facts, Number(today.slice(0, 4))));
  if (poverty) reasons.push(reason(poverty, 40));
  if (waited !== null && waited >= LONG_AGO_DAYS) {
    reasons.push(reason("long_ago", Math.min(Math.floor(waited / 10), 60), { count: waited }));
  }
  reasons.sort((a, b) => b.weight - a.weight || order(a.kind, b.kind));
  return reasons.slice(0, LONGEST_REASONS).map((one) => ({ ...one, text: WORDS[one.kind](one, today) }));
}

// «Hộ 014 · Lò Văn Mẫu», as on every list; one made on the phone has no number yet.
export function householdTitle(household) {
  const name = household.n
    ? filled(gettext("Household %(number)s"), { number: String(household.n).padStart(3, "0") })
    : gettext("New household");
  const head = household.m.find((member) => member.h) ?? household.m[0];
  return head ? `${name} · ${head.f}` : name;
}

// Whether a household of a handed list has been visited since the list was handed over.
export function isDone(household, list) {
  return household.l !== null && household.l >= list.handed_on;
}

function promised({ returnOn }, today) {
  if (!returnOn) return [];
  const late = daysBetween(returnOn, today);
  if (late < -SOON_DAYS) return [];
  const kind = late > 0 ? "promised_late" : late === 0 ? "promised_today" : "promised_soon";
  return [reason(kind, 300 + Math.min(Math.max(late, 0), 90), { day: returnOn, count: late })];
}

// At most one reason about what the members can do: the weightiest.
function aboutPeople({ members }, year) {
  const adults = members.filter((member) => year - member.birthYear >= ADULT_AGE);
  const without = adults.filter((member) =>
    year - member.birthYear >= OLDER_AGE && !member.doesVneidAlone && !member.isConfirmed);
  const unsure = adults.filter((member) => !member.isAble);
  if (without.length) return [reason("older_without_vneid", 80, { count: without.length })];
  if (unsure.length && unsure.length === adults.length) return [reason("nobody_able", 50)];
  if (!unsure.length) return [];
  return [reason("some_not_able", 10 + unsure.length, { count: unsure.length })];
}

function povertyOf(household, poverty) {
  if (poverty?.poor?.has(household.u)) return "poor";
  return poverty?.near_poor?.has(household.u) ? "near_poor" : "";
}

function reason(kind, weight, { count = 0, day = null } = {}) {
  return { kind, weight, count, day };
}

function mostUrgentFirst(a, b) {
  return (
    b.urgency - a.urgency ||
    order(a.household.l ?? "", b.household.l ?? "") ||
    order(a.household.n ?? UNNUMBERED, b.household.n ?? UNNUMBERED) ||
    a.household.v - b.household.v
  );
}

function order(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function daysBetween(first, last) {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY);
}

const WORDS = {
  promised_late: ({ day }, today) =>
    filled(gettext("Promised to come back on %(day)s, overdue"), { day: shortDay(day, today) }),
  promised_today: () => gettext("Promised to come back today"),
  promised_soon: () => gettext("Promised to come back tomorrow"),
  never_visited: () => gettext("Never visited"),
  was_away: () => gettext("Nobody at home last time"),
  older_without_vneid: ({ count }) => filled(
    ngettext("%(count)s older person without VNeID", "%(count)s older persons without VNeID", count),
    { count },
  ),
  nobody_able: () => gettext("Nobody can do it alone yet"),
  poor: () => gettext("Poor household"),
  near_poor: () => gettext("Near-poor household"),
  long_ago: ({ count }) => filled(
    ngettext("visited %(count)s day ago", "visited %(count)s days ago", count),
    { count },
  ),
  some_not_able: ({ count }) => filled(
    ngettext(
      "%(count)s adult cannot do it alone yet",
      "%(count)s adults cannot do it alone yet",
      count,
    ),
    { count },
  ),
};
