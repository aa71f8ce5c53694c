// Screens of somebody for whom the phone has nothing yet, and the warnings on top.
import * as outbox from "../outbox.js";
import { copy, counted, draw, on, put, show as reveal, spot, worded } from "../page.js";
import { hasLeft, keepFilled, session } from "../session.js";
import { setting, keepSetting } from "../store.js";

const HOME = "/field/";

const simple = (name, title, more = () => {}) => ({
  show(root) {
    draw(root, name);
    more(root);
    return { title: title() };
  },
});

const portal = () => gettext("Digital literacy for all");
const again = (root) => on(root, "again", () => location.reload());

// Nobody is signed in: how to begin, and what somebody left here who has just gone.
export const signedOut = {
  async show(root) {
    draw(root, "signed-out");
    const isLeft = await hasLeft();
    reveal(root, "left", isLeft);
    const leave = await keepFilled(() => tellWhatWaits(root));
    return { title: isLeft ? gettext("Signed out") : portal(), leave };
  },
};

async function tellWhatWaits(root) {
  const isAway = session.answer === "unreachable";
  reveal(root, "how", !isAway);
  reveal(root, "away", isAway);
  const { total } = await outbox.waiting();
  reveal(root, "waiting", total > 0);
  // The link beside the words stays as it is.
  if (total) spot(root, "waiting").textContent = stillSealed(total);
}

function stillSealed(count) {
  return counted(
    ngettext(
      "%(count)s record is not sent yet. It stays on the phone, sealed, and is sent by itself when there is a signal.",
      "%(count)s records are not sent yet. They stay on the phone, sealed, and are sent by themselves when there is a signal.",
      count,
    ),
    count,
  );
}

export const revoked = simple("revoked", portal);
export const noSignal = simple("no-signal", portal, again);
export const notALeader = simple("not-a-leader", portal, (root) => put(root, "name", session.name));
export const cannot = simple("cannot", portal);
export const missing = simple("missing", () => gettext("Not found"));

// A screen that failed: what happened, in the words the commune's helper can use.
export function broken(problem) {
  return simple("broken", portal, (root) => {
    put(root, "what", `${problem.name}: ${problem.message}`);
    again(root);
  });
}

// --- Warnings ---
// Chrome itself, and nothing around it: the library need not be fetched over a weak signal.
const PLAIN_CHROME =
  /^Mozilla\/5\.0 \([^)]*(?<!wv)\) AppleWebKit\/[\d.]+ \(KHTML, like Gecko\) (Headless)?Chrome\/[\d.]+ (Mobile )?Safari\/[\d.]+$/;

function warn(name, prepare = () => {}) {
  const holder = document.querySelector("[data-warnings]");
  if (holder.querySelector(`[data-warning="${name}"]`)) return;
  const box = copy(`warning-${name}`).firstElementChild;
  box.dataset.warning = name;
  on(box, "copy", (event) => copyLink(event.currentTarget));
  on(box, "close", () => box.remove());
  prepare(box);
  holder.append(box);
}

async function copyLink(button) {
  const link = `${location.origin}${HOME}`;
  try {
    await navigator.clipboard.writeText(link);
    button.textContent = gettext("Copied");
  } catch {
    // Refused by the app around us: the link is shown, to be copied by hand.
    button.replaceWith(link);
  }
}

// Zalo, Facebook and other apps open links in a window of their own, whose storage goes
// with the app. The warning blocks nobody: a browser may be taken for another.
export async function warnOfInAppBrowser() {
  if (PLAIN_CHROME.test(navigator.userAgent)) return;
  const { default: look } = await import("../../../vendor/inapp-spy-5.0.10/inapp-spy.esm.js");
  const isZalo = /\bZalo/i.test(navigator.userAgent);
  const { isInApp, appName } = look();
  if (!isInApp && !isZalo) return;
  warn("in-app", (box) => {
    const app = isZalo ? "Zalo" : appName;
    put(
      box,
      "which",
      app
        ? worded(gettext("This page is open inside %(app)s."), { app })
        : gettext("This page is open inside another app."),
    );
    const android = box.querySelector("[data-if='android']");
    if (!/Android/i.test(navigator.userAgent)) android.remove();
    else
      spot(box, "open").href =
        `intent://${location.host}${HOME}#Intent;scheme=${location.protocol.slice(0, -1)};package=com.android.chrome;end`;
  });
}

// Asked once per browser profile: a private window forgets that it was asked.
export async function warnOfPrivateMode() {
  if (await setting("looked_for_private_mode")) return;
  const { detectIncognito } =
    await import("../../../vendor/detectincognitojs-1.9.0/detectIncognito.esm.js");
  try {
    const { isPrivate } = await detectIncognito();
    await keepSetting("looked_for_private_mode", true);
    if (isPrivate) warn("private");
  } catch (problem) {
    // A browser that it does not know: nobody is warned for nothing.
    console.info(problem.message);
  }
}
