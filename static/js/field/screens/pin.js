// The PIN: made twice, entered, changed.
import { clock, counted, draw, on, put, say, worded } from "../page.js";
import { refresh } from "../router.js";
import { expectPackage, refreshPackage, session, settleIn } from "../session.js";
import * as vault from "../vault.js";

const SHORTEST = 4;
const LONGEST = 6;

// Open the vault that is here, or make one.
export async function show(root) {
  const state = await vault.state(session.user);
  return state === "locked" ? enter(root) : make(root);
}

// Change the PIN.
export const change = { show: (root) => changing(root) };

function enter(root) {
  const pad = padOf(draw(root, "pin"));
  pad.ask(gettext("Enter the PIN"));
  root.querySelector("[data-do='forgotten']").hidden = false;
  on(root, "forgotten", () => {
    location.hash = "#/forgotten";
  });
  pad.done = async (pin) => {
    const answer = await vault.unlock(session.user, pin);
    if (!answer.ok) return refusal(pad, answer);
    refreshPackage();
    return refresh();
  };
  return { title: gettext("Digital literacy for all"), subtitle: session.name };
}

function make(root) {
  const pad = padOf(draw(root, "pin"));
  let first = null;
  pad.why(
    gettext(
      "The PIN opens the portal on this phone, with or without a signal. Choose 4 to 6 digits that only you know.",
    ),
  );
  pad.ask(gettext("Choose a PIN"));
  pad.done = async (pin) => {
    if (first === null) {
      first = pin;
      pad.why("");
      pad.ask(gettext("The same PIN once more"));
      return;
    }
    if (first !== pin) {
      first = null;
      pad.ask(gettext("Choose a PIN"));
      pad.wrong(gettext("The two are not the same. Choose a PIN again."));
      return;
    }
    await settleIn(pin);
    await refreshPackage();
    await refresh();
  };
  expectPackage();
  lookForPrivateMode();
  return { title: gettext("This phone"), subtitle: session.name };
}

// Its test writes to the disk for a second: while the fingers are busy with the first PIN
// it is in nobody's way, and only there a warning comes early enough.
async function lookForPrivateMode() {
  const { warnOfPrivateMode } = await import("./doors.js");
  await warnOfPrivateMode();
}

function changing(root) {
  const pad = padOf(draw(root, "pin"));
  let old = null;
  let next = null;
  const begin = () => {
    old = next = null;
    pad.ask(gettext("Enter the present PIN"));
  };
  begin();
  pad.done = async (pin) => {
    if (old === null) {
      old = pin;
      pad.ask(gettext("Choose a new PIN"));
    } else if (next === null) {
      next = pin;
      pad.ask(gettext("The same PIN once more"));
    } else if (next !== pin) {
      next = null;
      pad.ask(gettext("Choose a new PIN"));
      pad.wrong(gettext("The two are not the same. Choose a PIN again."));
    } else {
      const answer = await vault.changePin(session.user, old, pin);
      if (!answer.ok) {
        begin();
        return refusal(pad, answer);
      }
      location.hash = "#/phone";
    }
    return undefined;
  };
  return { title: gettext("Change the PIN"), back: "#/phone" };
}

function refusal(pad, { reason, tries_left: left, paused_until: until }) {
  if (reason === "forgotten" || reason === "none") return refresh();
  const words = [];
  if (reason === "wrong") {
    words.push(
      counted(
        ngettext("Wrong PIN. %(count)s try is left.", "Wrong PIN. %(count)s tries are left.", left),
        left,
      ),
    );
  }
  if (until > Date.now())
    words.push(
      worded(gettext("Please wait until %(time)s, then try again."), {
        time: clock(until + 59_000),
      }),
    );
  pad.wrong(words.join(" "));
  return undefined;
}

// Digits by touch or by keyboard; `done` is called with the PIN, one at a time.
function padOf(root) {
  const form = root.querySelector(".pin");
  const typed = form.querySelector("[data-typed]");
  const dots = form.querySelector("[data-dots]");
  const button = form.querySelector("[data-go]");
  const pad = {
    done: null,
    ask: (words) => put(root, "ask", words),
    why: (words) => put(root, "why", words),
    wrong: (words) => put(root, "wrong", words),
  };
  const tell = () => {
    typed.value = typed.value.replace(/\D/g, "").slice(0, LONGEST);
    const shown = Math.max(SHORTEST, typed.value.length);
    dots.replaceChildren(
      ...Array.from({ length: shown }, (_, at) => {
        const dot = document.createElement("i");
        dot.className = at < typed.value.length ? "on" : "";
        return dot;
      }),
    );
    // Not `disabled`: that would take the focus away from whoever types on a keyboard.
    button.setAttribute("aria-disabled", String(typed.value.length < SHORTEST));
  };
  form.addEventListener("click", (event) => {
    const { digit, erase } = event.target.dataset;
    if (digit) typed.value += digit;
    else if (erase !== undefined) typed.value = typed.value.slice(0, -1);
    else return;
    pad.wrong("");
    tell();
  });
  typed.addEventListener("input", tell);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (typed.value.length < SHORTEST || form.getAttribute("aria-busy") === "true") return;
    const pin = typed.value;
    typed.value = "";
    pad.wrong("");
    tell();
    form.setAttribute("aria-busy", "true");
    try {
      await pad.done(pin);
    } finally {
      form.removeAttribute("aria-busy");
    }
  });
  // Digits typed on a keyboard go into the field wherever the focus is.
  form.addEventListener("keydown", (event) => {
    if (event.target === typed || event.ctrlKey || event.metaKey) return;
    if (/^\d$/.test(event.key)) typed.value += event.key;
    else if (event.key === "Backspace") typed.value = typed.value.slice(0, -1);
    else return;
    tell();
  });
  tell();
  return pad;
}

// A draft could not be kept: the vault has shut, or the phone is full.
export async function keepFailed(problem, keeper) {
  if (problem.name === "Locked") {
    await openVault(session.user).then(keeper.touched, isLockedOrThrow);
  } else if (problem.name === "StorageProblem") {
    session.storage = problem.reason;
    say(gettext("What is being written cannot be kept on the phone. Save it soon."));
  } else throw problem;
}

// The form was left without the PIN: the guard asks for it on the next screen.
export function isLockedOrThrow(problem) {
  if (problem.name !== "Locked") throw problem;
}

let opening = null;

// Ask for the PIN over a screen that must not be lost; resolves when the vault is open.
export function openVault(user) {
  opening ??= askOver(user).finally(() => {
    opening = null;
  });
  return opening;
}

async function askOver(user) {
  if ((await vault.state(user)) !== "locked") return;
  const main = document.querySelector("[data-main]");
  const layer = document.createElement("div");
  await new Promise((resolve, reject) => {
    // Whoever goes elsewhere meanwhile has not opened it.
    addEventListener("hashchange", () => reject(new vault.Locked(user)), { once: true });
    const pad = padOf(draw(layer, "pin"));
    pad.why(gettext("The phone has locked itself. What is written stays."));
    pad.ask(gettext("Enter the PIN"));
    pad.done = async (pin) => {
      const answer = await vault.unlock(user, pin);
      if (answer.ok) resolve();
      else refusal(pad, answer);
    };
    for (const child of main.children) child.hidden = true;
    main.append(layer);
    layer.querySelector("[data-digit]").focus();
  });
  layer.remove();
  for (const child of main.children) child.hidden = false;
}

export const forgotten = {
  async show(root) {
    const { count } = await import("../drafts.js");
    const { signOut } = await import("../session.js");
    draw(root, "forgotten");
    const waiting = await count(session.user);
    if (waiting)
      put(
        root,
        "drafts",
        counted(
          ngettext(
            "%(count)s visit that is not finished will be lost.",
            "%(count)s visits that are not finished will be lost.",
            waiting,
          ),
          waiting,
        ),
      );
    on(root, "forget", async () => {
      await signOut();
      location.replace("/sign-in/?next=/field/");
    });
    return { title: gettext("PIN forgotten"), back: "#/" };
  },
};
