// The installed shell, and how a newer one takes its place: only when all of it is on the
// phone, and never while a form is open in any tab.
const FORM = "field-form";
const LOOK_EVERY = 60 * 60 * 1000;

let lookedAt = 0;
let reloadIsDue = false;

// Install the shell and keep it up to date from now on. Resolves with the registration, or
// null where the browser has no service worker (private mode, Chromium before 91).
export async function start() {
  const container = navigator.serviceWorker;
  if (!container) return null;
  const had = Boolean(container.controller);
  container.addEventListener("controllerchange", () => {
    // The very first worker takes over a page that is as new as itself.
    if (had) reloadIsDue = true;
    replaceIfReady();
  });
  const registration = await register(container);
  if (!registration) return null;
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", replaceIfReady);
  });
  addEventListener("hashchange", replaceIfReady);
  document.addEventListener("visibilitychange", () => look(registration));
  replaceIfReady();
  return registration;
}

// Whether a newer shell is complete and nothing stands in its way.
export async function readyToReplace() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.waiting && !reloadIsDue) return false;
  return navigator.locks.request(FORM, { ifAvailable: true }, (lock) => lock !== null);
}

// Say that a form is open; call what this returns when it is closed.
export function formIsOpen() {
  let close;
  const closed = new Promise((resolve) => { close = resolve; });
  navigator.locks.request(FORM, { mode: "shared" }, () => closed).then(replaceIfReady);
  return () => close();
}

async function replaceIfReady() {
  if (!(await readyToReplace())) return;
  if (reloadIsDue) {
    location.reload();
    return;
  }
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.waiting?.postMessage("replace");
}

async function register(container) {
  try {
    const address = `/service-worker.js?language=${chosenLanguage()}`;
    return await container.register(address, { type: "module", scope: "/" });
  } catch (problem) {
    // No network yet, or forbidden by the browser: the page works without, as long as
    // there is a signal.
    if (["TypeError", "SecurityError", "AbortError"].includes(problem.name)) return null;
    throw problem;
  }
}

// A worker that is a module is asked for without cookies, so its address names the language.
function chosenLanguage() {
  return /(?:^|;\s*)django_language=(\w+)/.exec(document.cookie)?.[1] ?? "vi";
}

async function look(registration) {
  if (document.visibilityState !== "visible" || Date.now() - lookedAt < LOOK_EVERY) return;
  lookedAt = Date.now();
  // Without a network the next look finds it.
  await registration.update().catch(() => null);
  replaceIfReady();
}
