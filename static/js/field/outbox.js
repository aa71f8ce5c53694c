// What waits on this phone for the commune. Nothing leaves the outbox but on a reply that
// repeats its number, or by the author's own undo within ten seconds.
//
// An entry: {uuid, kind: "visit"|"household"|"correction"|"attendance", user, after: [uuid], sealed,
//   secret: {iv, data}|null, day, saved_at, hold_until, next_try_at (all milliseconds),
//   state: "saved"|"sending"|"received"|"held"|"review", attempts, problem,
//   receipt_number, received_at, version, number, dismissed: {why} when an official has
//   decided not to record what was held}
import { clockIsWrong, clockSkew } from "./api.js";
import { isSettled } from "./queue.js";
import { sealRecord } from "./seal.js";
import * as sending from "./sending.js";
import { keepSetting, read, setting, StorageProblem, write } from "./store.js";
import { todayIso, uuid as newUuid } from "./text.js";
import { decrypt, encrypt, Locked } from "./vault.js";

export { makeKnown } from "./sending.js";

const UNDO_FOR = 10_000;
const KEEP_RECEIVED = 7 * 24 * 60 * 60 * 1000;
const EVERY = 60_000;
const listeners = new Set();
let channel = null;

// Keep a record; resolves with its entry when it is on the disk. With a shut vault it is
// kept sealed all the same, only its title cannot be shown. Throws StorageProblem, whose
// `sealed` can still go into a rescue file.
export async function add({ user, kind, uuid = newUuid(), body, title = "", after = [] }) {
  const now = Date.now();
  const entry = {
    uuid, kind, user: String(user), after, saved_at: now,
    day: todayIso(new Date(now + (await correction()))),
    hold_until: now + UNDO_FOR, next_try_at: 0, state: "saved", attempts: 0, problem: null,
    receipt_number: null, received_at: null, version: null, number: null,
  };
  Object.assign(entry, await sealedContent(entry, await stamped(body, now), title));
  await keepNew(entry);
  changed();
  sending.wake(UNDO_FOR);
  Promise.all([askToPersist(), askForBackgroundSync()]).catch(tell);
  return shown(entry);
}

// Take a record back while it is held back. False when it is too late or others need it.
export async function undo(uuid) {
  const taken = await write("outbox", async ({ store }) => {
    const entry = await store.get(uuid);
    const isHeldBack = entry && untouched(entry) && entry.hold_until > Date.now();
    if (!isHeldBack || (await store.getAll()).some((other) => other.after.includes(uuid))) {
      return false;
    }
    await store.delete(uuid);
    return true;
  });
  if (taken) changed();
  return taken;
}

// Change what was recorded. What the commune cannot have yet, or has refused, is replaced
// under its own number; after that the change is a correction which waits for the record.
export async function edit(uuid, body, title = null) {
  const entry = await get(uuid);
  if (!entry) return null;
  const newTitle = title ?? entry.title ?? "";
  const replaced = canBeReplaced(entry) && (await replace(entry, body, newTitle));
  if (replaced) return replaced;
  // A further list adds to the one that has gone; there is nothing to correct in place.
  if (entry.kind === "attendance")
    return add({ user: entry.user, kind: entry.kind, body, title: newTitle });
  return add({
    user: entry.user,
    kind: "correction",
    body: { reason: "", ...body, visit: uuid, version: entry.version ?? 1 },
    title: newTitle,
    after: isSettled(entry) ? [] : [uuid],
  });
}

// Give a record that needs a second look to the commune as it is: an official looks at it.
export async function handOver(uuid) {
  await write("outbox", async ({ store }) => {
    const entry = await store.get(uuid);
    if (entry?.state !== "review") return;
    await store.put({ ...entry, state: "saved", next_try_at: 0, hold_until: 0, as_sealed: true });
  });
  changed();
  sending.wake(0);
}

// What officials decided about records they held: {u: uuid, s: "recorded"|"dismissed", n: its
// number, t: when, v: version, w: why not}.
export async function hearOfHeld(user, settled) {
  if (!settled.length) return;
  const whys = new Map();
  for (const { u, w } of settled) if (w) whys.set(u, await secretOf(user, { why: w }));
  const told = await write("outbox", async ({ store }) => {
    let moved = 0;
    for (const one of settled) {
      const entry = await store.get(one.u);
      if (entry?.state !== "held" || entry.user !== String(user) || entry.dismissed) continue;
      await store.put({ ...entry, ...asSettled(entry, one, whys.get(one.u)) });
      moved += 1;
    }
    return moved;
  });
  if (told) changed();
}

// This person's entries, oldest first, with their titles while the vault is open.
export async function list(user) {
  const entries = await read("outbox", ({ store }) => store.index("saved_at").getAll());
  return Promise.all(entries.filter((entry) => entry.user === String(user)).map(shown));
}

// One entry with its title and body, or null.
export async function get(uuid) {
  const entry = await read("outbox", ({ store }) => store.get(uuid));
  return entry ? shown(entry) : null;
}

// How many records wait: {saved, sending, review, total}; of one person or of the phone.
export async function waiting(user = null) {
  const counts = { saved: 0, sending: 0, review: 0, total: 0 };
  for (const entry of await read("outbox", ({ store }) => store.getAll())) {
    if ((user !== null && entry.user !== String(user)) || isSettled(entry)) continue;
    counts[entry.state] += 1;
    counts.total += 1;
  }
  return counts;
}

// One round of sending; `force` does not wait for the back-off, `sealedOnly` is for the
// service worker. Resolves with {received, held, review, left}.
export function send({ force = false, sealedOnly = false } = {}) {
  return sending.round({ force, sealedOnly });
}

// Call `listener(problem)` after every change, here or in another tab, and with a problem
// when the database stops the sending (else null); returns how to stop listening.
export function subscribe(listener) {
  listeners.add(listener);
  listen();
  return () => listeners.delete(listener);
}

// Send by itself from now on: at once, when the network or the person comes back, and at
// intervals.
export async function start() {
  listen();
  addEventListener("online", () => sending.wake(Math.random() * 1000, { fresh: true }));
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") sending.wake(0);
  });
  setInterval(() => sending.wake(0), EVERY);
  await dropOldReceived();
  sending.wake(0);
}

// Whether the browser has promised to keep this phone's records: true, false, or null when
// it was not asked yet.
export async function isPersisted() {
  return (await setting("persisted"))?.granted ?? null;
}

function asSettled({ kind }, { s: settlement, n = null, t = null, v = null }, words = null) {
  if (settlement !== "recorded") return { dismissed: { words } };
  const number = kind === "household" ? { number: n } : { receipt_number: n, version: v };
  return { state: "received", received_at: t, ...number };
}

// --- Keeping ---
async function sealedContent({ user, kind, uuid }, body, title) {
  const sealed = await sealRecord({ user, kind, uuid, body });
  return { sealed, secret: await secretOf(user, { title, body }) };
}

async function secretOf(user, content) {
  try {
    return await encrypt(user, content);
  } catch (problem) {
    if (problem instanceof Locked || problem instanceof StorageProblem) return null;
    throw problem;
  }
}

async function keepNew(entry) {
  try {
    await write("outbox", ({ store }) => store.add(entry));
  } catch (problem) {
    if (problem instanceof StorageProblem) problem.sealed = entry.sealed;
    throw problem;
  }
}

async function correction() {
  try {
    return (await clockIsWrong()) ? await clockSkew() : 0;
  } catch (problem) {
    // The record comes first: where nothing can be read it is still sealed and handed over.
    if (problem instanceof StorageProblem) return 0;
    throw problem;
  }
}

// When it was written down, by this phone's clock, and how far that clock was set right for
// the day the person saw.
async function stamped(body, now) {
  const corrected_by = Math.round((await correction()) / 1000);
  const recorded_at = new Date(now).toISOString();
  return { ...body, phone: { recorded_at, known_until: null, corrected_by, ...body.phone } };
}

async function replace(entry, body, title) {
  const stamp = await stamped({ phone: entry.body?.phone, ...body }, entry.saved_at);
  const content = await sealedContent(entry, stamp, title);
  const kept = await write("outbox", async ({ store }) => {
    const now = await store.get(entry.uuid);
    if (!now || !canBeReplaced(now)) return null;
    const fresh = { ...now, ...content, state: "saved", problem: null, next_try_at: 0 };
    await store.put(fresh);
    return fresh;
  });
  if (!kept) return null;
  changed();
  sending.wake(Math.max(0, kept.hold_until - Date.now()));
  return shown(kept);
}

function untouched(entry) {
  return entry.state === "saved" && entry.attempts === 0;
}

function canBeReplaced(entry) {
  return untouched(entry) || (entry.state === "review" && entry.problem?.kind === "refused");
}

async function shown(entry) {
  const content = await opened(entry.user, entry.secret);
  const { words, ...problem } = entry.problem ?? {};
  const said = entry.problem && { ...problem, ...(await opened(entry.user, words)) };
  const dismissed = entry.dismissed && { ...(await opened(entry.user, entry.dismissed.words)) };
  const { title = null, body = null } = content ?? {};
  return { ...entry, ...(dismissed && { dismissed }), problem: said, title, body };
}

async function opened(user, box) {
  if (!box) return null;
  try {
    return await decrypt(user, box);
  } catch (problem) {
    // Shut, or written under a data key that has been forgotten since.
    if (problem instanceof Locked || problem.name === "OperationError") return null;
    throw problem;
  }
}

function dropOldReceived() {
  const oldest = Date.now() - KEEP_RECEIVED;
  return write("outbox", async ({ store }) => {
    for (const entry of await store.getAll()) {
      if (isSettled(entry) && entry.saved_at < oldest) await store.delete(entry.uuid);
    }
  });
}

// Asked once, at the first record: the browser may then not clear it away for room.
async function askToPersist() {
  if (!navigator.storage?.persist || (await setting("persisted"))?.granted) return;
  const granted = await navigator.storage.persist();
  await keepSetting("persisted", { granted, asked_at: new Date().toISOString() });
}

// Where the browser has it, the service worker sends even after the page was closed.
async function askForBackgroundSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.active || !registration.sync) return;
  await registration.sync.register("field-outbox").catch((problem) => {
    // Forbidden in private mode or by the person: the page sends by itself all the same.
    if (problem.name !== "NotAllowedError" && problem.name !== "InvalidStateError") throw problem;
  });
}

// --- Telling ---
function listen() {
  if (channel) return;
  channel = new BroadcastChannel("field-outbox");
  channel.onmessage = () => tell(null);
}

function changed(problem = null) {
  listen();
  channel.postMessage("changed");
  tell(problem);
}

function tell(problem) {
  for (const listener of listeners) listener(problem);
}

sending.onChange(changed);
