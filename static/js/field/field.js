// The leader's phone begins here: who is it, may it be opened, and which screen.
import * as api from "./api.js";
import * as outbox from "./outbox.js";
import { address, go, refresh, route, start } from "./router.js";
import {
  changed,
  greet,
  hasLeft,
  isAble,
  readPackage,
  refreshPackage,
  remember,
  session,
  wasRevoked,
  whenLocked,
} from "./session.js";
import * as update from "./update.js";
import * as vault from "./vault.js";

const doors = () => import("./screens/doors.js");
const home = () => import("./screens/home.js");
const households = () => import("./screens/households.js");
const visit = () => import("./screens/visit.js");
const newHousehold = () => import("./screens/new.js");
const sent = () => import("./screens/sent.js");
const pin = () => import("./screens/pin.js");
const phone = () => import("./screens/phone.js");
const sessions = () => import("./screens/sessions.js");
const attendance = () => import("./screens/session.js");
const scan = () => import("./screens/scan.js");

const SCREENS = {
  "#/": home,
  "#/villages": () => home().then((module) => module.villages),
  "#/households": households,
  "#/households/visit": () => households().then((module) => module.choose),
  "#/household/:uuid": () => households().then((module) => module.household),
  "#/list/:id": () => households().then((module) => module.handed),
  "#/visit/:household": visit,
  "#/mend/:uuid": () => visit().then((module) => module.mend),
  "#/sessions": sessions,
  "#/session/:uuid": attendance,
  "#/mend-session/:uuid": () => attendance().then((module) => module.mend),
  "#/scan": scan,
  "#/scan/visit": () => scan().then((module) => module.visit),
  "#/new": newHousehold,
  "#/mend-household/:uuid": () => newHousehold().then((module) => module.mend),
  "#/saved/:uuid": () => sent().then((module) => module.saved),
  "#/sent": sent,
  "#/entry/:uuid": () => sent().then((module) => module.entry),
  "#/phone": phone,
  "#/phone/pin": () => pin().then((module) => module.change),
  "#/rescue": () => phone().then((module) => module.rescue),
  "#/unkept": () => phone().then((module) => module.unkept),
  "#/sign-out": () => phone().then((module) => module.signOut),
  "#/forgotten": () => pin().then((module) => module.forgotten),
  "#/pin": home,
  "#/missing": () => doors().then((module) => module.missing),
};
const DOORS = Object.fromEntries(
  ["signedOut", "revoked", "noSignal", "notALeader", "cannot"].map((name) => [
    name,
    () => doors().then((module) => module[name]),
  ]),
);
const SIGNED_IN = /\/(sign-in|card|home)\//;
// These read nothing that the PIN keeps.
const WITHOUT_PIN = ["#/rescue", "#/sign-out", "#/forgotten", "#/unkept"];

async function begin() {
  for (const [pattern, load] of Object.entries(SCREENS)) route(pattern, load);
  document.querySelector("[data-skip]").addEventListener("click", skip);
  if (isAble()) {
    await remember();
    const greeting = hearTheServer();
    // Who comes from signing in may be somebody else than the last one here.
    if (!session.user || SIGNED_IN.test(document.referrer)) await greeting;
    outbox.subscribe(told);
    addEventListener("online", hearTheServer);
    addEventListener("offline", tellNetwork);
    whenLocked(refresh);
    addEventListener("visibilitychange", lookAgain);
  }
  isStarted = true;
  await start({
    holder: document.querySelector("[data-main]"),
    head: drawHead,
    guard: doorFor,
    broken: showBroken,
  });
  if (isAble()) {
    await outbox.start();
    afterFirstScreen();
  }
}

// What stands in the way of a screen, or null: {load, parameters}.
async function doorFor(hash) {
  const at = (name) => ({ load: DOORS[name], parameters: {} });
  if (!isAble()) return at("cannot");
  if (!session.user) {
    if (session.answer === "not_a_leader") return at("notALeader");
    if (await wasRevoked()) return at("revoked");
    // What somebody left behind here can still be carried to the commune.
    if (hash === "#/rescue" && (await outbox.waiting()).total) return null;
    return at(await noEntry());
  }
  if (WITHOUT_PIN.includes(hash)) return null;
  const state = await vault.state(session.user);
  if (state === "none" || state === "forgotten") {
    // After too many wrong PINs the session has to end before there is a new PIN: ask anew.
    if (session.answer === null || state === "forgotten") await greet();
    if (session.answer !== "ok") return at(await noEntry());
    return { load: pin, parameters: {} };
  }
  if (state === "locked") return { load: pin, parameters: {} };
  if (hash.startsWith("#/phone")) return null;
  if (!session.package && !(await readPackage()) && !(await refreshPackage())) {
    return at(session.answer === "signed_out" ? "signedOut" : "noSignal");
  }
  return null;
}

async function noEntry() {
  return session.answer === "unreachable" && !(await hasLeft()) ? "noSignal" : "signedOut";
}

let isStarted = false;

// The first answer may change who works here; later ones bring a newer list.
async function hearTheServer() {
  const before = personOnShow();
  await greet();
  tellNetwork();
  if (isStarted && before !== personOnShow()) await refresh();
  if (session.answer === "ok") await refreshPackage();
  if (session.answer === "signed_out") changed();
}

function personOnShow() {
  return session.user ?? session.answer;
}

function drawHead({ title, subtitle = "", back = null }) {
  document.querySelector("[data-title]").textContent = title;
  document.title = `${title} – ${gettext("Digital literacy for all")}`;
  const under = document.querySelector("[data-subtitle]");
  under.textContent = subtitle ?? "";
  under.hidden = !subtitle;
  const link = document.querySelector("[data-back]");
  link.hidden = !back;
  if (back) link.href = back;
  document.body.classList.toggle("is-inner", Boolean(back));
  document.querySelector("[data-demo]").hidden = !(session.package?.is_demo ?? session.isDemo);
  tellNetwork();
}

// The state of the network, in words: a signal that does not lead to the portal is none.
function tellNetwork() {
  const net = document.querySelector("[data-net]");
  const isOn = navigator.onLine && api.isReached() !== false;
  net.textContent = isOn ? gettext("Online") : gettext("No signal");
  net.classList.toggle("is-on", isOn);
  net.hidden = false;
}

let badge = 0;

// The outbox has moved: screens tell it, and so does the icon on the home screen.
async function told() {
  changed();
  tellNetwork();
  const { total } = await outbox.waiting();
  if (total === badge) return;
  badge = total;
  await navigator.setAppBadge?.(total);
}

// Somebody came back to the page: the vault may have shut, the list may be old.
async function lookAgain() {
  if (document.visibilityState !== "visible" || !session.user) return;
  const isWriting = document.querySelector("form.visit");
  if (!isWriting && (await vault.state(session.user)) === "locked") await go(address());
  await hearTheServer();
}

// What is wanted later is fetched while nobody waits for it.
function afterFirstScreen() {
  document.head.append(document.getElementById("later").content);
  const idle = globalThis.requestIdleCallback ?? ((act) => setTimeout(act, 500));
  idle(async () => {
    for (const load of [home, households, visit, sent, newHousehold, phone]) await load();
    const { warnOfInAppBrowser } = await doors();
    // Only a page that came over the network can be inside another app for the first time.
    await warnOfInAppBrowser().catch((problem) => console.info(problem.message));
    await update.start();
  });
}

async function showBroken(problem) {
  console.error(problem);
  const { broken } = await doors();
  const root = document.createElement("div");
  const shown = broken(problem).show(root);
  document.querySelector("[data-main]").replaceChildren(root);
  drawHead(shown);
}

// The skip link must not change the address: that is where the screens live.
function skip(event) {
  event.preventDefault();
  document.querySelector("[data-main]").focus();
}

begin().catch(showBroken);
