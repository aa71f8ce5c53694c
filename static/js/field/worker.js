// What the service worker does. The server's template hands it the shell: its version and
// every file with the hash of its content.
//
// Only files of that list are ever kept in a cache: no answer of the API, no personal page.
import * as api from "./api.js";
import * as outbox from "./outbox.js";
import { outlook } from "./queue.js";
import { keepSetting, setting } from "./store.js";
import * as vault from "./vault.js";

const SHELL_PAGE = "/field/";
const OFFLINE_PAGE = "/offline/";
const SIGN_OUT = "/sign-out/";
// What a locked phone may still open: the shell asks for the PIN, and another person may
// sign in.
const OPEN_TO_ALL = ["/field/", "/sign-in/", "/sign-out/", "/card/", "/language/", "/offline/"];
const PREFIX = "shell-";

export function serve({ version, files }) {
  const name = PREFIX + version;
  const addresses = new Set(files.map(({ url }) => url));
  const kept = async (address) => {
    const cache = await caches.open(name);
    // The language is part of the version, so that Vary: Cookie has nothing to say here.
    return cache.match(address, { ignoreVary: true });
  };

  addEventListener("install", (event) => event.waitUntil(fill(name, files)));
  addEventListener("activate", (event) => event.waitUntil(dropOthers(name)));
  addEventListener("message", ({ data }) => {
    if (data === "replace") skipWaiting();
  });
  addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.mode === "navigate") event.respondWith(navigate(request, pathname, kept));
    else if (request.method === "GET" && addresses.has(pathname)) {
      event.respondWith(keptOrFetched(request, pathname, kept));
    }
  });
  addEventListener("sync", (event) => {
    if (event.tag === "field-outbox") event.waitUntil(sendInBackground(event.lastChance));
  });
}

// All of the new shell or nothing: each file must have the content the server said it has,
// so that neither a captive portal's page nor half a deployment gets in.
async function fill(name, files) {
  const cache = await caches.open(name);
  const requests = files.map(({ url, integrity, immutable }) =>
    new Request(url, { integrity, cache: immutable ? "default" : "no-cache" }));
  try {
    await cache.addAll(requests);
  } catch (problem) {
    await caches.delete(name);
    throw problem;
  }
}

async function dropOthers(name) {
  const names = await caches.keys();
  const old = names.filter((other) => other.startsWith(PREFIX) && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}

async function keptOrFetched(request, address, kept) {
  return (await kept(address)) ?? fetch(request);
}

async function navigate(request, pathname, kept) {
  if (pathname === SHELL_PAGE && request.method === "GET") {
    const shell = await kept(SHELL_PAGE);
    if (shell) return shell;
  }
  const offline = async () => (await kept(OFFLINE_PAGE)) ?? Response.error();
  if (await sessionOutlivesItsPerson()) return offline();
  if (pathname === SIGN_OUT && request.method === "POST") return signOut(request, offline);
  if (isPersonal(pathname) && (await isLocked())) {
    return Response.redirect(new URL("/field/#/pin", location.origin), 302);
  }
  try {
    return await fetch(request);
  } catch {
    return offline();
  }
}

function isPersonal(pathname) {
  return !OPEN_TO_ALL.some((address) => pathname.startsWith(address));
}

// Somebody signed out without a network: the server is told before anything else is asked
// of it. True while it could not be told.
async function sessionOutlivesItsPerson() {
  if (!(await known("sign_out_pending"))) return false;
  const { kind } = await api.hello();
  return kind === "unreachable" && Boolean(await known("sign_out_pending"));
}

// Whether the vault of the person whose session this is waits for a PIN. Asked again when
// it seems so: somebody else may have signed in meanwhile.
async function isLocked() {
  if (!(await vaultWaits())) return false;
  await api.hello();
  return vaultWaits();
}

async function vaultWaits() {
  const user = await known("session_user");
  return Boolean(user) && (await vault.state(user)) === "locked";
}

// A sign-out on a page of the server shuts the vault too, and works without a network.
async function signOut(request, offline) {
  const user = await known("session_user");
  if (user) await vault.lock(user);
  try {
    const answer = await fetch(request);
    // A refusal has ended nothing: the session goes on, and with it the need for the PIN.
    const isTold = answer.ok || answer.type === "opaqueredirect";
    if (user && isTold) await keepSetting("session_user", null);
    return answer;
  } catch {
    if (user) await keepSetting("sign_out_pending", user);
    return offline();
  }
}

// A phone whose database cannot be opened has no vault to protect.
async function known(key) {
  try {
    return await setting(key);
  } catch (problem) {
    if (problem.name === "StorageProblem") return null;
    throw problem;
  }
}

// For records whose page was closed. An open page sends by itself, and can ask its person.
async function sendInBackground(lastChance) {
  const { left, at } = await outlook();
  if (!left) return;
  const heldBack = Math.min(Math.max(at - Date.now(), 0), 15_000);
  await new Promise((resolve) => setTimeout(resolve, heldBack));
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const isSomebodyThere = pages.some((page) => page.visibilityState === "visible");
  if (!isSomebodyThere || lastChance) await outbox.send({ sealedOnly: true });
  // A refused promise makes the browser try again later.
  if ((await outlook()).left) throw new Error("records still wait on this phone");
}
