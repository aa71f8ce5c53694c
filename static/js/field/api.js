// The server's addresses for a phone, and what their answers mean.
//
// Every answer is one of
//   {kind: "ok", status, body}      {kind: "refused", status, errors, message}
//   {kind: "conflict", body}        {kind: "signed_out"}    {kind: "other_user"}
//   {kind: "unreachable", retry_after}   no network, a time-out, 429, 5xx, or an answer that
//                                        is not the portal's own (a captive portal's page)
import { keepSetting, setting, write } from "./store.js";

const PATIENCE = 20_000;
// A phone's clock may be this wrong before it is worth a word.
const CLOCK_TOLERANCE = 10 * 60 * 1000;
let token = null;
let wasReached = null;

// Who is signed in, the server's key and clock, a fresh CSRF token. A sign-out that the
// server has not heard of is told first: that person counts as signed out.
export async function hello() {
  const answer = await greet();
  if (answer.kind === "ok" && answer.body.user === (await setting("sign_out_pending"))) {
    return tellSignOut();
  }
  await forgetPendingOf(answer);
  return answer;
}

export function putVisit(entry, context) {
  return put(`/households/visits/${entry.uuid}/`, entry.body, context);
}

export function putHousehold(entry, context) {
  return put(`/households/${entry.uuid}/`, entry.body, context);
}

export function putCorrection(entry, context) {
  const { visit, ...body } = entry.body;
  return put(`/households/visits/${visit}/correct/`, body, context);
}

export function putAttendance(entry, context) {
  return put(`/training/sessions/${entry.body.session}/sheets/${entry.uuid}/`, entry.body, context);
}

// Sealed records need no session: their signature is their authority.
export function postSealed(records) {
  const body = { sent_at: new Date().toISOString(), records };
  return ask("/field/sealed/", { method: "POST", body, credentials: "omit" });
}

// Whether the commune has signed this phone out for good.
export async function isRevoked(phone) {
  const answer = await ask("/field/sealed/", {
    method: "POST", body: { records: [], phone }, credentials: "omit",
  });
  return answer.kind === "ok" && answer.body.revoked === true;
}

// The village, or status 304 when `etag` is still what the server has.
export function getPackage(etag, user) {
  const headers = { ...(etag && { "If-None-Match": etag }), ...(user && { "X-User": user }) };
  return askToRead("/field/package/", headers);
}

export function getPoverty(user) {
  return askToRead("/field/poverty/", user ? { "X-User": user } : {});
}

// Tell the server this phone's number and public key; binds the session to the phone.
export function register({ uuid, public_key, name = browserName() }, { user }) {
  return put(`/field/phones/${uuid}/`, { public_key, name }, { user });
}

// End the session of the person who is signed in. "ok" only when the server says that
// nobody is signed in any more; otherwise the sign-out stays pending.
export async function signOut() {
  const answer = await greet();
  if (answer.kind === "ok") {
    await keepSetting("sign_out_pending", answer.body.user);
    return signedOut(await tellSignOut());
  }
  await forgetPendingOf(answer);
  return signedOut(answer);
}

// Milliseconds that the server's clock is ahead of this phone's, as of the latest answer.
export async function clockSkew() {
  return (await setting("clock_skew")) ?? 0;
}

export async function clockIsWrong() {
  return Math.abs(await clockSkew()) > CLOCK_TOLERANCE;
}

// --- Asking ---
async function greet() {
  const asked = Date.now();
  const answer = await ask("/field/hello/");
  token = answer.kind === "ok" ? answer.body.csrf_token : null;
  if (answer.kind === "ok") await keepGreeting(answer.body, (asked + Date.now()) / 2);
  if (answer.kind === "signed_out") await keepSetting("session_user", null);
  if (answer.body?.is_demo !== undefined) await keepSetting("is_demo", answer.body.is_demo);
  return answer;
}

async function keepGreeting(body, now) {
  const skew = Math.round(Date.parse(body.now) - now);
  await write("settings", (transaction) => Promise.all([
    transaction.store.put(body.server_key, "server_key"),
    transaction.store.put(Number.isFinite(skew) ? skew : 0, "clock_skew"),
    transaction.store.put(body.user, "session_user"),
  ]));
}

async function tellSignOut() {
  // The answer is a page or a redirect: whether it worked, the next greeting tells.
  const headers = { "X-CSRFToken": token };
  await reach("/sign-out/", { method: "POST", headers, redirect: "manual" });
  const answer = await greet();
  if (answer.kind === "ok") {
    token = null;
    return { kind: "unreachable", retry_after: null };
  }
  await forgetPendingOf(answer);
  return answer;
}

function signedOut(answer) {
  return answer.kind === "signed_out" ? { kind: "ok", status: 200, body: {} } : answer;
}

// Somebody else's session, or none: the pending sign-out has come true.
async function forgetPendingOf({ kind }) {
  const heard = kind === "ok" || kind === "signed_out";
  if (heard && (await setting("sign_out_pending"))) await keepSetting("sign_out_pending", null);
}

// A sign-out that the server has not heard of comes first: its session reads nothing more.
async function askToRead(address, headers) {
  if (await setting("sign_out_pending")) await hello();
  if (await setting("sign_out_pending")) return { kind: "unreachable", retry_after: null };
  return ask(address, { headers });
}

function put(address, body, context) {
  return withToken(address, { method: "PUT", body, headers: { "X-User": context.user } });
}

// A token may have been replaced since the page was opened: ask for a fresh one, once.
async function withToken(address, options) {
  const send = () => ask(address, {
    ...options, headers: { ...options.headers, "X-CSRFToken": token ?? "" },
  });
  if (!token) {
    const greeting = await hello();
    if (greeting.kind !== "ok") return greeting;
  }
  const answer = await send();
  if (answer.code !== "form_expired") return answer;
  const greeting = await hello();
  if (greeting.kind !== "ok") return greeting;
  const again = await send();
  return again.code === "form_expired" ? { kind: "unreachable", retry_after: null } : again;
}

// Whether the portal itself answered last; null before anything was asked.
export function isReached() {
  return wasReached;
}

async function ask(address, options) {
  const answer = await askOnce(address, options);
  wasReached = answer.kind !== "unreachable";
  return answer;
}

async function askOnce(address, { body, headers = {}, ...options } = {}) {
  const reply = await reach(address, {
    ...options,
    headers: {
      Accept: "application/json",
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  return reply ? meaning(reply) : { kind: "unreachable", retry_after: null };
}

// {response, text}, or null when no whole answer came in time.
async function reach(address, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const response = await fetch(address, {
      cache: "no-store", credentials: "same-origin", redirect: "manual",
      ...options, signal: patience.signal,
    });
    return { response, text: await response.text() };
  } catch {
    // fetch tells a lost network, a closed connection and a time-out by throwing.
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function meaning({ response, text }) {
  const { status, headers } = response;
  const unreachable = { kind: "unreachable", retry_after: retryAfter(headers.get("Retry-After")) };
  if (status >= 500 || status === 429 || headers.get("X-Portal") !== "1") return unreachable;
  const about = { status, etag: headers.get("ETag"), as_of: headers.get("X-As-Of") };
  if (status === 304) return { kind: "ok", ...about, body: null };
  const body = parsed(text);
  if (body === undefined) return unreachable;
  if (status < 300) return { kind: "ok", ...about, body };
  if (status === 401) return { kind: body.error === "other_user" ? "other_user" : "signed_out", body };
  if (status === 409) return { kind: "conflict", status, body };
  const { errors = null, message = "", error: code = "" } = body;
  return { kind: "refused", status, code, errors, message };
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : undefined;
  } catch {
    // Cut off on the way, or no JSON at all.
    return undefined;
  }
}

// Milliseconds to wait, from seconds or a date; null when nothing usable was said.
function retryAfter(value) {
  if (!value) return null;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 60 * 60 * 1000) : null;
}

// «Chrome, Android»: for the list of phones an official sees.
function browserName() {
  const known = navigator.userAgentData;
  if (known) {
    const brand = known.brands.find(({ brand: name }) => !/not.?a.?brand|chromium/i.test(name));
    return [brand?.brand ?? "Chromium", known.platform].filter(Boolean).join(", ");
  }
  const agent = navigator.userAgent;
  const browser = /Firefox|SamsungBrowser|Edg|Chrome|Safari/.exec(agent)?.[0] ?? "";
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? "";
  return [browser, system].filter(Boolean).join(", ");
}
