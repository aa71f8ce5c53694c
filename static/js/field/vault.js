// One vault per person on this phone: who may read what is kept here, and for how long.
//
// The data key is random and wrapped by a key derived from the PIN. Opened, it stays for
// eight hours as a key that cannot be exported, so that a killed browser comes back
// without a PIN. The signing key is older than the PIN and outlives it: what was sealed
// for the commune is sent whoever holds the phone.
import { read, write } from "./store.js";
import { uuid as newUuid } from "./text.js";

const ITERATIONS = 600_000;
const OPEN_FOR = 8 * 60 * 60 * 1000;
const FREE_TRIES = 5;
const LAST_TRY = 10;
// After the fifth wrong PIN, the sixth, and so on.
const PAUSES = [30, 60, 2 * 60, 5 * 60, 15 * 60].map((seconds) => seconds * 1000);
const LONGEST_PAUSE = PAUSES.at(-1);

// The vault is shut: the screen asks for the PIN.
export class Locked extends Error {
  constructor(user) {
    super(`the vault of ${user} is locked`);
    this.name = "Locked";
  }
}

// Make this person's keys; an older signing key is kept. Throws when a vault is in use.
export async function prepare(user, pin) {
  const before = await row(user);
  if (before?.wrapped) throw new Error("this person has a vault on this phone");
  const signing = before ? null : await newSigningKey();
  const lock = await newLock(pin);
  await write("phones", async (transaction) => {
    const now = await transaction.store.get(user);
    if (now?.wrapped) throw new Error("this person has a vault on this phone");
    await transaction.store.put({ ...(now ?? { user, ...signing }), ...lock, ...openNow(lock) });
  });
}

// What the server keeps of this phone: its number and the public half of its key.
export async function registration(user) {
  const known = await row(user);
  return known ? { uuid: known.uuid, public_key: known.public_key } : null;
}

// A new signing key and number: the old one was revoked. What it signed stays as it is, for
// an official to look at.
export async function renewKey(user) {
  await change(user, await newSigningKey());
}

// {uuid, private_key}: for sealing. Needs no PIN.
export async function signer(user) {
  const known = await row(user);
  return known ? { uuid: known.uuid, private_key: known.private_key } : null;
}

// Users who have ever had a vault here.
export function users() {
  return read("phones", (transaction) => transaction.store.getAllKeys());
}

// "none" (never here), "forgotten" (signed out or too many wrong PINs), "locked" or "open".
export async function state(user) {
  const known = await row(user);
  if (!known) return "none";
  if (!known.wrapped) return "forgotten";
  return isFresh(known) ? "open" : "locked";
}

export async function isOpen(user) {
  return (await state(user)) === "open";
}

// Try a PIN. {ok: true}, or {ok: false, reason: "wrong"|"paused"|"forgotten"|"none",
// tries_left, paused_until (milliseconds)}.
export async function unlock(user, pin) {
  const attempt = await countAttempt(user);
  if (!attempt.row) return attempt.answer;
  const key = await unwrap(attempt.row, pin, false);
  if (!key) return wrongAnswer(user, attempt.row);
  await write("phones", async (transaction) => {
    const now = await transaction.store.get(user);
    const same = now?.salt && equal(now.salt, attempt.row.salt);
    if (same) await transaction.store.put({ ...now, ...rightAnswer, ...openNow({ key }) });
  });
  return { ok: true };
}

// Shut the vault: reading needs the PIN again.
export async function lock(user) {
  await change(user, { key: null, opened_at: 0, open_until: 0 });
}

// Replace the PIN. Answers like `unlock`.
export async function changePin(user, oldPin, newPin) {
  const attempt = await countAttempt(user);
  if (!attempt.row) return attempt.answer;
  const data = await unwrap(attempt.row, oldPin, true);
  if (!data) return wrongAnswer(user, attempt.row);
  const renewed = await newLock(newPin, data);
  await change(user, { ...renewed, ...openNow(renewed), ...rightAnswer });
  return { ok: true };
}

// {iv, data}: the value as JSON, readable in this vault only.
export async function encrypt(user, value) {
  const key = await openKey(user);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) };
}

export async function decrypt(user, box) {
  const key = await openKey(user);
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
  return JSON.parse(new TextDecoder().decode(text));
}

// Drop all that can be read of this person: the data key and everything it opens. What was
// sealed for the commune stays, with the key that signs it, and is sent later; a record
// that waited for a second look goes as it is, for an official to look at.
export async function forget(user, { endSession = false } = {}) {
  await write(["phones", "outbox", "drafts", "packages", "settings"], async (transaction) => {
    const store = (name) => transaction.objectStore(name);
    const known = await store("phones").get(user);
    if (known) await store("phones").put(withoutSecrets(known));
    await store("packages").delete(user);
    await store("drafts").delete(IDBKeyRange.bound(`${user}:`, `${user}:\uffff`));
    for (const entry of await store("outbox").getAll()) {
      if (entry.user === user) await store("outbox").put(withoutContent(entry));
    }
    if (endSession) await store("settings").put(user, "sign_out_pending");
  });
}

function withoutSecrets({ user, uuid, public_key, private_key }) {
  return { user, uuid, public_key, private_key };
}

function withoutContent(entry) {
  const state = entry.state === "review" ? "saved" : entry.state;
  return { ...entry, secret: null, problem: null, state, hold_until: 0 };
}

function row(user) {
  return read("phones", (transaction) => transaction.store.get(user));
}

function change(user, changes) {
  return write("phones", async (transaction) => {
    const known = await transaction.store.get(user);
    if (known) await transaction.store.put({ ...known, ...changes });
  });
}

// A clock set back must not keep the vault open.
function isFresh(known) {
  const now = Date.now();
  return Boolean(known?.key) && known.opened_at <= now && now < known.open_until;
}

async function openKey(user) {
  const known = await row(user);
  if (isFresh(known)) return known.key;
  if (known?.key) await lock(user);
  throw new Locked(user);
}

function openNow({ key }) {
  const now = Date.now();
  return { key, opened_at: now, open_until: now + OPEN_FOR };
}

async function newSigningKey() {
  const pair = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"],
  );
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { uuid: newUuid(), public_key: { kty, crv, x, y }, private_key: pair.privateKey };
}

// A data key (a new one unless given, as raw bytes) wrapped by this PIN.
async function newLock(pin, data = crypto.getRandomValues(new Uint8Array(32))) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapping = await pinKey(pin, salt, ITERATIONS);
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrapping, data);
  const key = await dataKey(data);
  return { salt, iv, iterations: ITERATIONS, wrapped, key, ...rightAnswer };
}

async function pinKey(pin, salt, iterations) {
  const text = new TextEncoder().encode(String(pin));
  const base = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}

function dataKey(data) {
  return crypto.subtle.importKey("raw", data, "AES-GCM", false, ["encrypt", "decrypt"]);
}

// The data key (its bytes when `raw`), or null when the PIN is wrong.
async function unwrap({ salt, iv, iterations, wrapped }, pin, raw) {
  const wrapping = await pinKey(pin, salt, iterations);
  try {
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, wrapping, wrapped);
    return raw ? new Uint8Array(data) : await dataKey(data);
  } catch (problem) {
    if (problem.name === "OperationError") return null;
    throw problem;
  }
}

// --- Wrong PINs ---
const rightAnswer = { wrong: 0, paused_until: 0 };

// Counted before the PIN is tried: killing the browser gives no further attempt.
async function countAttempt(user) {
  const answer = { ok: false, tries_left: 0, paused_until: 0 };
  return write("phones", async (transaction) => {
    const known = await transaction.store.get(user);
    if (!known?.wrapped) return { answer: { ...answer, reason: known ? "forgotten" : "none" } };
    const now = Date.now();
    // A clock set back must not make a pause longer than it was.
    const until = Math.min(known.paused_until, now + LONGEST_PAUSE);
    if (until > now) {
      const left = LAST_TRY - known.wrong;
      return { answer: { ...answer, reason: "paused", tries_left: left, paused_until: until } };
    }
    const wrong = known.wrong + 1;
    const pause = wrong < FREE_TRIES ? 0 : PAUSES[Math.min(wrong - FREE_TRIES, PAUSES.length - 1)];
    const counted = { ...known, wrong, paused_until: pause ? now + pause : 0 };
    await transaction.store.put(counted);
    return { row: counted };
  });
}

async function wrongAnswer(user, counted) {
  if (counted.wrong >= LAST_TRY) {
    await forget(user, { endSession: true });
    return { ok: false, reason: "forgotten", tries_left: 0, paused_until: 0 };
  }
  const left = LAST_TRY - counted.wrong;
  return { ok: false, reason: "wrong", tries_left: left, paused_until: counted.paused_until };
}

function equal(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
