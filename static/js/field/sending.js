// Sending the outbox: each entry on its own, one sender over all tabs and the worker.
import * as api from "./api.js";
import { backOffAfter, change, dependencies, isPast, outlook, ready, recoverFromCrash } from "./queue.js";
import { sealedFor, sealRecord } from "./seal.js";
import { setting } from "./store.js";
import { decrypt, encrypt, isOpen, registration, renewKey } from "./vault.js";

const LONGEST_SLEEP = 15 * 60_000;
// So many failures in a row are the network, not the records.
const GIVE_UP_AFTER = 3;
const BATCH = 50;
const BATCH_SIZE = 1_000_000;
const PUT = {
  visit: api.putVisit,
  household: api.putHousehold,
  correction: api.putCorrection,
  attendance: api.putAttendance,
};

let tell = () => {};
let timer = null;
let due = 0;
let current = null;
// `until`: our own back-off after failed rounds; `server`: what a Retry-After asked for.
let pause = { failures: 0, until: 0, server: 0 };

// `listener(problem)` hears of every change; `problem` is what stopped a round, or null.
export function onChange(listener) {
  tell = listener;
}

// Start a round after `wait` milliseconds unless one is due before; `fresh`: the network
// has just come back, so the back-off starts anew.
export function wake(wait, { fresh = false } = {}) {
  if (fresh) pause = { ...pause, failures: 0, until: 0 };
  const at = Date.now() + wait;
  if (timer !== null && due <= at && due > Date.now()) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(() => {
    timer = null;
    round({ fresh }).catch((problem) => {
      tell(problem);
      wake(60_000);
    });
  }, wait);
}

// One round; resolves with {received, held, review, left}. A call while one runs joins it,
// unless it is forced. `sealedOnly` asks nobody who is signed in: for the service worker.
export function round({ force = false, fresh = false, sealedOnly = false } = {}) {
  if (current && !force) return current;
  const mine = navigator.locks
    .request("field-outbox", () => oneRound({ force, fresh, sealedOnly }))
    .finally(() => {
      if (current === mine) current = null;
    });
  current = mine;
  return mine;
}

async function oneRound({ force, fresh, sealedOnly }) {
  const tour = { tally: { received: 0, held: 0, review: 0, left: 0 }, failures: 0, last: {} };
  await recoverFromCrash();
  const entries = await ready({ anyTime: force || fresh });
  const mayGo = force || (isPast(pause.until) && isPast(pause.server));
  if (entries.length && mayGo) await sendAll(entries, tour, sealedOnly);
  const { left, at } = await outlook();
  if (left && !sealedOnly) sleepUntil(at);
  return { ...tour.tally, left };
}

async function sendAll(entries, tour, sealedOnly) {
  const session = sealedOnly ? null : await sessionUser(tour);
  const sealed = await putAll(entries, session, tour);
  await postAll(sealed, tour);
  if (tour.failures < GIVE_UP_AFTER) pause = { failures: 0, until: 0, server: 0 };
  else backOff(tour.last);
}

// Who is signed in, or null. The server opens only what phones sealed that it knows.
async function sessionUser(tour) {
  const greeting = await api.hello();
  if (greeting.kind === "unreachable") {
    tour.failures = GIVE_UP_AFTER;
    tour.last = greeting;
  }
  if (greeting.kind !== "ok") return null;
  const { user, phone } = greeting.body;
  await makeKnown(user, phone);
  return user;
}

// Tell the server this person's key unless it knows it (`phone` as in the greeting). A phone
// that was revoked begins anew.
export function makeKnown(user, phone) {
  // One at a time: two who hear of the revocation at once must not both begin anew.
  return navigator.locks.request("field-registration", () => registerMine(user, phone));
}

async function registerMine(user, phone) {
  const mine = await registration(user);
  if (!mine || phone?.uuid === mine.uuid) return;
  const answer = await api.register(mine, { user });
  if (answer.kind !== "conflict" || answer.body.error !== "revoked_phone") return;
  await renewKey(user);
  await api.register(await registration(user), { user });
}

// Put what this session may; return what has to go sealed.
async function putAll(entries, user, tour) {
  const sealed = [];
  const goesSealed = (uuid) => sealed.some((entry) => entry.uuid === uuid);
  let session = user;
  for (const entry of entries) {
    if (tour.failures >= GIVE_UP_AFTER) return sealed;
    const body = session && (await readable(entry, session));
    const before = await dependencies(entry);
    if (!body || before === "held" || entry.after.some(goesSealed)) {
      sealed.push(entry);
    } else if (before === "settled") {
      const fate = await put(entry, body, session, tour);
      if (fate === "signed_out") session = null;
      if (fate !== "settled") sealed.push(entry);
    }
  }
  return sealed;
}

// "settled"; "signed_out" when the session turns out to be over, or somebody else's; "sealed"
// for what nobody can mend here: it goes as it is, for an official to look at.
async function put(entry, body, user, tour) {
  await mark(entry, { state: "sending", attempts: entry.attempts + 1 });
  const sent = { ...body, phone: { ...body.phone, sent_at: new Date().toISOString() } };
  const answer = await PUT[entry.kind]({ ...entry, body: sent }, { user });
  if (answer.kind === "signed_out" || answer.kind === "other_user") {
    await mark(entry, { state: "saved" });
    return "signed_out";
  }
  if (entry.kind === "attendance" && (answer.kind === "conflict" || answer.status === 404)) {
    await mark(entry, { state: "saved", as_sealed: true });
    return "sealed";
  }
  await settle(entry, answer, body.visit ?? entry.uuid, tour);
  return "settled";
}

// What the entry says, when the signed-in person wrote it and the vault is open.
async function readable(entry, session) {
  if (entry.as_sealed || entry.user !== session || !entry.secret) return null;
  if (!(await isOpen(entry.user))) return null;
  try {
    return (await decrypt(entry.user, entry.secret)).body;
  } catch (problem) {
    // Shut in this moment, or written under a data key forgotten since: it goes sealed.
    if (problem.name === "Locked" || problem.name === "OperationError") return null;
    throw problem;
  }
}

async function settle(entry, answer, uuid, tour) {
  if (answer.kind === "ok" && answer.body.uuid === uuid) {
    await arrived(entry, "received", answer.body, tour);
  } else if (answer.kind === "refused") {
    const words = await hidden(entry.user, { errors: answer.errors, message: answer.message });
    await needsReview(entry, { kind: "refused", words }, tour);
  } else if (answer.kind === "conflict") {
    await needsReview(entry, { kind: "conflict", body: answer.body }, tour);
  } else {
    // Unreachable, or a reply about something else.
    tour.failures += 1;
    await tryLater(entry, answer, tour);
  }
}

// What the commune says of a record may name people: it is kept as the record is.
async function hidden(user, words) {
  try {
    return await encrypt(user, words);
  } catch (problem) {
    if (problem.name === "Locked") return null;
    throw problem;
  }
}

async function arrived(entry, state, body, tour) {
  const { receipt_number = null, received_at = null, version = null, number = null } = body;
  const receipt = { receipt_number, received_at, version, number };
  await mark(entry, { state, sealed: null, problem: null, ...receipt });
  tour.tally[state] += 1;
  tour.failures = 0;
}

async function needsReview(entry, problem, tour) {
  await mark(entry, { state: "review", problem });
  tour.tally.review += 1;
  tour.failures = 0;
}

async function tryLater(entry, answer, tour, problem = null) {
  const attempts = entry.attempts + 1;
  const wait = Math.max(answer.retry_after ?? 0, backOffAfter(attempts));
  await mark(entry, { state: "saved", attempts, problem, next_try_at: Date.now() + wait });
  tour.last = answer;
}

// --- Sealed ---
async function postAll(entries, tour) {
  let left = await withWhatTheyBuildOn(entries);
  while (left.length && tour.failures < GIVE_UP_AFTER) {
    const batch = firstBatch(left);
    left = left.slice(batch.length);
    await postBatch(batch, tour);
  }
}

async function postBatch(batch, tour) {
  const entries = [];
  for (const entry of batch) {
    const sealed = await sealedForToday(entry);
    await mark(entry, { state: "sending", attempts: entry.attempts + 1, sealed });
    entries.push({ ...entry, sealed });
  }
  const answer = await api.postSealed(entries.map((entry) => entry.sealed));
  if (answer.kind === "ok" && Array.isArray(answer.body.results)) {
    for (const [place, entry] of entries.entries()) {
      await judge(entry, answer.body.results, place, tour);
    }
  } else if (answer.kind === "refused" && entries.length > 1) {
    // One of them spoils the batch: each half on its own.
    const middle = Math.ceil(entries.length / 2);
    await postBatch(batch.slice(0, middle), tour);
    await postBatch(batch.slice(middle), tour);
  } else {
    tour.failures += 1;
    for (const entry of entries) await tryLater(entry, answer, tour);
  }
}

async function judge(entry, results, place, tour) {
  const result = results.find((one) => one?.uuid === entry.uuid);
  if (result?.status === "received" || result?.status === "held") {
    await arrived(entry, result.status, result, tour);
    return;
  }
  const { status, reason = "" } = results[place] ?? {};
  // The portal was busy and has not looked at it yet.
  await tryLater(entry, {}, tour, status === "later" ? null : { kind: "unreadable", reason });
}

// Sealed for a key the server no longer has: seal it again, if it can still be read here.
async function sealedForToday(entry) {
  const key = await setting("server_key");
  if (!key || sealedFor(entry.sealed) === key.kid) return entry.sealed;
  const body = await readable({ ...entry, as_sealed: false }, entry.user);
  const { user, kind, uuid } = entry;
  return body ? sealRecord({ user, kind, uuid, body }) : entry.sealed;
}

// The server takes a batch in order, so a household may travel before its visits.
async function withWhatTheyBuildOn(entries) {
  const kept = [];
  const travels = new Set();
  for (const entry of entries) {
    const after = entry.after.filter((uuid) => !travels.has(uuid));
    if ((await dependencies({ after })) === "open") continue;
    travels.add(entry.uuid);
    kept.push(entry);
  }
  return kept;
}

// What has failed before with others is tried alone.
function firstBatch(entries) {
  const batch = [];
  let size = 0;
  for (const entry of entries.slice(0, entries[0].attempts >= GIVE_UP_AFTER ? 1 : BATCH)) {
    size += entry.sealed.length + 4;
    if (batch.length && size > BATCH_SIZE) break;
    batch.push(entry);
  }
  return batch;
}

async function mark(entry, changes) {
  await change(entry.uuid, changes);
  tell(null);
}

// --- Waiting ---
function backOff(answer) {
  const failures = pause.failures + 1;
  const now = Date.now();
  pause = { failures, until: now + backOffAfter(failures), server: now + (answer.retry_after ?? 0) };
}

function sleepUntil(at) {
  const now = Date.now();
  const wait = Math.max(at, ...[pause.until, pause.server].filter((until) => !isPast(until))) - now;
  wake(Math.min(Math.max(wait, 1000), LONGEST_SLEEP));
}
