// Who works on this phone, what the server said of it, and the village that is on show.
import * as api from "./api.js";
import * as outbox from "./outbox.js";
import { keepSetting, setting } from "./store.js";
import { todayIso } from "./text.js";
import * as vault from "./vault.js";
import * as village from "./village.js";

export const session = {
  // The person whose list is on this phone; stays when the server's session has ended.
  user: null,
  name: "",
  // What the server said last: null (not asked yet), "ok", "signed_out", "unreachable",
  // "not_a_leader" or "revoked".
  answer: null,
  package: null,
  village: null,
  // The list that a household's page leads back to.
  list: "#/households",
  // Who is poor, in memory only.
  poor: null,
  // Whether the portal shows demonstration data, as far as the phone has heard.
  isDemo: false,
  // Whether somebody has just signed out here.
  hasLeft: false,
};

const heard = new EventTarget();

// Tell when what screens show may have changed; returns the way to stop. A vault that has
// shut meanwhile is told to whoever listens with `whenLocked`.
export function whenChanged(act) {
  const tell = () => Promise.resolve(act()).catch(lockedOrThrow);
  heard.addEventListener("changed", tell);
  return () => heard.removeEventListener("changed", tell);
}

export function whenLocked(act) {
  heard.addEventListener("locked", act);
}

function lockedOrThrow(problem) {
  if (problem.name !== "Locked") throw problem;
  heard.dispatchEvent(new Event("locked"));
}

// Fill a screen now and after every change, one filling after another: what changes while
// the first one is under way is not missed. Resolves, once filled, with the way to stop.
export async function keepFilled(fill) {
  const first = Promise.resolve(fill());
  let last = first;
  const stop = whenChanged(() => {
    last = last.then(fill);
  });
  await first;
  return stop;
}

export function changed() {
  heard.dispatchEvent(new Event("changed"));
}

// Whether this browser can keep visits at all.
export function isAble() {
  return Boolean(window.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);
}

export async function remember() {
  session.user = (await setting("field_user")) ?? null;
  session.village = (await setting("field_village")) ?? null;
  session.isDemo = (await setting("is_demo")) ?? false;
}

// Whether a sign-out was the last thing here, also one the server has not heard of.
export async function hasLeft() {
  return session.hasLeft || Boolean(await setting("sign_out_pending"));
}

// Ask the server who is signed in. Somebody else than before shuts the earlier one's vault.
export async function greet() {
  const answer = await api.hello();
  session.isDemo = (await setting("is_demo")) ?? false;
  session.answer =
    answer.kind === "ok" ? "ok" : answer.kind === "unreachable" ? "unreachable" : "signed_out";
  if (answer.kind === "ok") await welcome(answer.body);
  if (session.answer === "signed_out") await leaveIfRevoked();
  changed();
  return session.answer;
}

async function welcome({ user, name, works_here: worksHere, phone }) {
  if (session.user && session.user !== user) await leave(session.user);
  session.name = name;
  if (!worksHere) {
    session.answer = "not_a_leader";
    Object.assign(session, { user: null, package: null });
    await keepSetting("field_user", null);
    // Whoever has no more work here keeps no list, and no PIN stands before other pages.
    if (["open", "locked"].includes(await vault.state(user))) await vault.forget(user);
    return;
  }
  session.user = user;
  await keepSetting("field_user", user);
  await keepSetting("revoked", null);
  // Nobody waits for it: the outbox asks again before it sends.
  outbox.makeKnown(user, phone);
}

// A phone that the commune has signed out reads nothing any more; what waits stays sealed.
async function leaveIfRevoked() {
  const known = session.user && (await vault.registration(session.user));
  if (!known || !(await api.isRevoked(known.uuid))) return;
  await forgetPerson({});
  await keepSetting("revoked", true);
  session.answer = "revoked";
}

// Whether the commune has signed out whoever worked here last.
export async function wasRevoked() {
  return session.answer === "revoked" || Boolean(await setting("revoked"));
}

async function forgetPerson(options) {
  await vault.forget(session.user, options);
  forgetWhoIsPoor();
  await keepSetting("field_user", null);
  await keepSetting("field_village", null);
  Object.assign(session, { user: null, name: "", package: null, village: null });
}

function forgetWhoIsPoor() {
  village.forgetPoverty();
  session.poor = null;
}

async function leave(user) {
  if ((await vault.state(user)) === "open") await vault.lock(user);
  forgetWhoIsPoor();
  session.package = null;
  session.village = null;
  await keepSetting("field_village", null);
}

// While the person chooses a PIN the list is on its way.
export function expectPackage() {
  village.askEarly(session.user);
}

// Make the vault of a person who has none here, and tell the server of this phone.
export async function settleIn(pin) {
  await vault.prepare(session.user, pin);
  // Nobody waits for the answer: the outbox tells the server again when it was not heard.
  outbox.makeKnown(session.user, null);
}

// What is on the phone, with everything that waits laid over it; null when there is nothing.
export async function readPackage() {
  session.package = session.user && (await village.load(session.user));
  return session.package;
}

// The same for a screen that cannot stand without it: the guard knows what to show instead.
export async function needPackage() {
  if (!(await readPackage())) throw new vault.Locked(session.user);
}

// Fetch a newer list if there is a way to the server.
export async function refreshPackage() {
  if (!session.user || !(await vault.isOpen(session.user))) return null;
  const { package: known } = await village.refresh(session.user);
  session.package = known;
  changed();
  return known;
}

// The village on show: the chosen one, or the only one.
export function villageOnShow() {
  const villages = session.package?.villages ?? [];
  if (villages.length === 1) return villages[0];
  return villages.find((one) => one.id === session.village) ?? null;
}

export async function chooseVillage(id) {
  session.village = id;
  await keepSetting("field_village", id);
}

export function household(uuid) {
  return session.package?.households.find((one) => one.u === uuid) ?? null;
}

// The day in the village. A clock that is wrong is set right by what the server said last.
export async function today() {
  const skew = (await api.clockIsWrong()) ? await api.clockSkew() : 0;
  return todayIso(new Date(Date.now() + skew));
}

export async function lockNow() {
  await vault.lock(session.user);
  forgetWhoIsPoor();
  session.package = null;
}

// Forget what can be read here and end the session, now or when there is a signal.
export async function signOut() {
  await forgetPerson({ endSession: true });
  session.hasLeft = true;
  await outbox.send({ force: true });
  const answer = await api.signOut();
  session.answer = answer.kind === "ok" ? "signed_out" : "unreachable";
  return session.answer;
}
