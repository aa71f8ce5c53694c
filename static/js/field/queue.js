// Which entries may go now, when the others may, and how long to wait after a failure.
import { read, write } from "./store.js";

const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 15 * 60_000;
// The longest a time to try may lie ahead; further ahead, the clock was set back.
const PLAUSIBLE = 90 * 60_000;
const TROUBLESOME = 3;

export function isSettled(entry) {
  return entry.state === "received" || entry.state === "held";
}

// Whoever was sending has died in the middle of it. Only for the owner of the lock.
export async function recoverFromCrash() {
  const entries = await all();
  if (!entries.some((entry) => entry.state === "sending")) return;
  await write("outbox", async ({ store }) => {
    for (const entry of await store.getAll()) {
      if (entry.state === "sending") await store.put({ ...entry, state: "saved" });
    }
  });
}

// Entries that may go now, a household before its visits; those that have failed often go
// last, so that they keep nobody waiting. `anyTime`: whatever their back-off.
export async function ready({ anyTime = false } = {}) {
  const entries = await all();
  const now = Date.now();
  const times = startTimes(entries, now, anyTime);
  const able = entries.filter((entry) => entry.state === "saved" && times.get(entry.uuid) <= now);
  const troubled = (entry) => entry.attempts >= TROUBLESOME;
  return [...able.filter((entry) => !troubled(entry)), ...able.filter(troubled)];
}

// {left, at}: how many entries still wait, and when the first of them may go.
export async function outlook() {
  const entries = await all();
  const times = startTimes(entries, Date.now(), false);
  const left = entries.filter((entry) => entry.state === "saved");
  return { left: left.length, at: Math.min(...left.map((entry) => times.get(entry.uuid))) };
}

// "settled", "held" (by the commune, so what builds on it must go the same way) or "open".
export async function dependencies({ after }) {
  if (!after.length) return "settled";
  const others = await read("outbox", ({ store }) =>
    Promise.all(after.map((uuid) => store.get(uuid))));
  // One that is not here was received and dropped long ago.
  const open = others.filter((other) => other && other.state !== "received");
  if (!open.length) return "settled";
  return open.every((other) => other.state === "held") ? "held" : "open";
}

export function change(uuid, changes) {
  return write("outbox", async ({ store }) => {
    const entry = await store.get(uuid);
    if (entry) await store.put({ ...entry, ...changes });
  });
}

// Twice as long after each failure, from 5 seconds to 15 minutes, never all at once.
export function backOffAfter(attempts) {
  const wait = Math.min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT);
  return wait * (0.75 + Math.random() / 2);
}

export function isPast(at, now = Date.now()) {
  return at <= now || at > now + PLAUSIBLE;
}

function all() {
  return read("outbox", ({ store }) => store.index("saved_at").getAll());
}

// uuid -> the instant from which the entry may go; never while what it builds on needs a
// second look.
function startTimes(entries, now, anyTime) {
  const known = new Map(entries.map((entry) => [entry.uuid, entry]));
  const times = new Map();
  const timeOf = (entry) => {
    if (!entry || isSettled(entry)) return 0;
    if (entry.state === "review") return Infinity;
    if (!times.has(entry.uuid)) {
      times.set(entry.uuid, Infinity); // an entry that builds on itself never goes
      const own = [entry.hold_until, anyTime ? 0 : entry.next_try_at];
      const others = entry.after.map((uuid) => timeOf(known.get(uuid)));
      times.set(entry.uuid, Math.max(0, ...own.filter((at) => !isPast(at, now)), ...others));
    }
    return times.get(entry.uuid);
  };
  entries.forEach(timeOf);
  return times;
}
