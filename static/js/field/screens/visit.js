// A visit: written with or without a signal, kept while it is written, saved on the phone.
import { answersOf, bodyOf, isTouched, stateOf } from "../answers.js";
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import {
  clock,
  draw,
  later,
  on,
  part,
  put,
  say,
  show as reveal,
  showErrors,
  spot,
  weekday,
  worded,
} from "../page.js";
import { go } from "../router.js";
import { household as find, readPackage, session, today } from "../session.js";
import { latestBody, problemsOf } from "../states.js";
import { day, shortDay, uuid as newUuid } from "../text.js";
import { householdTitle } from "../worklist.js";
import { formIsOpen } from "../update.js";
import { isLockedOrThrow, keepFailed, openVault } from "./pin.js";

// A new visit to a household.
export async function show(root, { household: uuid }) {
  // With what was saved a moment ago laid over it.
  await readPackage();
  const household = find(uuid);
  if (!household) return missing(root);
  return formOf(root, { household, name: uuid, hash: `#/visit/${uuid}` });
}

// A visit that was written down before: replaced while that is possible, else corrected.
export const mend = {
  async show(root, { uuid }) {
    await readPackage();
    const entry = await outbox.get(uuid);
    const household = entry?.body && find(entry.body.household);
    if (!household) return missing(root);
    return formOf(root, { household, entry, name: `mend-${uuid}`, hash: `#/mend/${uuid}` });
  },
};

function missing(root) {
  draw(root, "missing");
  return { title: gettext("Not found"), back: "#/" };
}

async function formOf(root, about) {
  const { household, entry = null } = about;
  draw(root, "visit");
  const form = root.querySelector("form");
  const now = await today();
  const keeper = drafts.keeper(
    session.user,
    about.name,
    () => draftOf(form, answers, about),
    (problem) => keepFailed(problem, keeper),
  );
  const answers = answersOf(form, {
    household,
    known: session.package,
    today: now,
    changed: keeper.touched,
  });
  form.elements.visited_on.value = now;
  const isCorrection = entry !== null && needsReason(entry);
  form.elements.reason.closest("[data-field]").hidden = !isCorrection;
  if (entry) await fillFrom(form, answers, entry, isCorrection);
  await offerDraft(form, answers, about, keeper);
  comforts(form, now, keeper.touched);
  let decided = false;
  const save = async () => {
    const errors = answers.errors();
    showErrors(form, errors);
    if (errors.length) return;
    const body = bodyOf(answers.state(), household.u);
    const earlier = entry || decided ? null : await sameDay(household, body);
    if (earlier) {
      askSameDay(form, earlier);
      return;
    }
    await keepVisit(form, { about, body, keeper, isCorrection });
  };
  on(form, "other-visit", () => {
    decided = true;
    save();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  const close = formIsOpen();
  // The next screen's words are there before the finger has left the button.
  import("./sent.js");
  return {
    title: householdTitle(household),
    subtitle: subtitleOf(form),
    back: entry ? `#/entry/${entry.uuid}` : `#/household/${household.u}`,
    leave: () => left(keeper, close),
  };
}

// A newer version of the portal waits until no form is open.
async function left(keeper, close) {
  await keeper.flush();
  close();
}

function needsReason(entry) {
  const mayBeReplaced =
    (entry.state === "saved" && entry.attempts === 0) ||
    (entry.state === "review" && entry.problem?.kind === "refused");
  return !mayBeReplaced;
}

async function fillFrom(form, answers, entry, isCorrection) {
  answers.fill({ ...stateOf(await latestBody(entry)), reason: "" });
  const lines = entry.state === "review" ? problemsOf(entry) : [];
  reveal(form, "problem", lines.length > 0);
  spot(form, "problem").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
  const { visited_on, occasion } = entry.problem?.errors ?? {};
  if (visited_on || occasion) form.querySelector(".when-where").open = true;
  spot(form, "save").textContent = isCorrection
    ? gettext("Save the correction")
    : gettext("Save the visit");
}

// --- Drafts ---
function draftOf(form, answers, about) {
  const state = answers.state();
  if (!isTouched(state)) return null;
  form.dataset.uuid ??= newUuid();
  return {
    title: householdTitle(about.household),
    hash: about.hash,
    uuid: form.dataset.uuid,
    form: state,
  };
}

async function offerDraft(form, answers, { name }, keeper) {
  const draft = await drafts.find(session.user, name);
  if (!draft) return;
  // Saved already, and the browser was killed before the draft could be dropped.
  if (await outbox.get(draft.uuid)) {
    await drafts.drop(session.user, name);
    return;
  }
  const takeUp = () => {
    answers.fill(draft.form);
    form.dataset.uuid = draft.uuid;
    reveal(form, "draft", false);
    keeper.touched();
  };
  if (draft.undone || session.goOn === name) {
    session.goOn = null;
    takeUp();
    reveal(form, "undone", Boolean(draft.undone));
    return;
  }
  put(
    form,
    "draft",
    worded(gettext("Begun at %(time)s, not saved yet."), { time: momentOf(draft.at) }),
  );
  reveal(form, "draft");
  on(form, "go-on", () => {
    takeUp();
    say(gettext("What was written stands in the form again."));
    form.querySelector("[data-met]")?.focus();
  });
  on(form, "drop-draft", async () => {
    reveal(form, "draft", false);
    await drafts.drop(session.user, name);
  });
}

function momentOf(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? clock(at) : `${clock(at)}, ${shortDay(at)}`;
}

// --- The same day twice ---
async function sameDay(household, body) {
  if (body.occasion !== "home_visit" || household.l !== body.visited_on) return null;
  for (const uuid of household.waiting ?? []) {
    const entry = await outbox.get(uuid);
    if (entry?.kind === "visit" && entry.body?.visited_on === body.visited_on)
      return { uuid, on: body.visited_on };
  }
  return { uuid: null, on: body.visited_on };
}

function askSameDay(form, { uuid, on: visitedOn }) {
  const words = uuid
    ? gettext("This household has a visit on %(day)s already, written down on this phone.")
    : gettext("The commune has a visit to this household on %(day)s already.");
  put(form, "same-day", worded(words, { day: day(visitedOn) }));
  spot(form, "same-visit").href = uuid ? `#/entry/${uuid}` : "#/";
  reveal(form, "same-day");
  part(form, "same-day").focus();
  part(form, "same-day").scrollIntoView({ block: "center" });
}

// --- Saving ---
async function keepVisit(form, { about, body, keeper, isCorrection }) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const { household, entry } = about;
  try {
    await openVault(session.user);
    const title = householdTitle(household);
    body.phone = { known_until: session.package.as_of };
    const kept = entry
      ? await outbox.edit(
          entry.uuid,
          isCorrection ? { ...body, reason: form.elements.reason.value.trim() } : body,
          title,
        )
      : await outbox.add({
          user: session.user,
          kind: "visit",
          uuid: form.dataset.uuid ?? newUuid(),
          body,
          title,
          after: await needs(household, body),
        });
    keeper.stop();
    session.saved = kept;
    await go(`#/saved/${kept.uuid}`, { replace: true });
    await keeper.drop();
  } catch (problem) {
    if (problem.name !== "StorageProblem") return isLockedOrThrow(problem);
    session.unkept = problem.sealed ? [problem.sealed] : [];
    session.storage = problem.reason;
    go("#/unkept");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

// What must reach the commune before: the new household, the visit that brought a person.
async function needs(household, body) {
  const met = new Set(body.people.map((person) => person.resident));
  const after = [];
  for (const uuid of household.waiting ?? []) {
    const entry = await outbox.get(uuid);
    const bringsSomebody = (entry?.body?.new_people ?? []).some((person) => met.has(person.uuid));
    if (entry && (entry.kind === "household" || bringsSomebody)) after.push(uuid);
  }
  return after;
}

// --- Comforts ---
function subtitleOf(form) {
  const on = form.elements.visited_on.value;
  const where = form.elements.occasion.selectedOptions[0]?.textContent ?? "";
  return on
    ? `${weekday(on)}, ${day(on)} · ${where.charAt(0).toLowerCase()}${where.slice(1)}`
    : where;
}

function comforts(form, now, touched) {
  form.addEventListener("input", touched);
  form.addEventListener("change", (event) => {
    touched();
    if (!["visited_on", "occasion"].includes(event.target.name)) return;
    const subtitle = document.querySelector("[data-subtitle]");
    subtitle.textContent = subtitleOf(form);
  });
  form.querySelector("[data-return-days]").addEventListener("click", (event) => {
    const days = Number(event.target.dataset.days);
    if (!days) return;
    form.elements.return_on.value = later(form.elements.visited_on.value || now, days);
    say(day(form.elements.return_on.value));
    touched();
  });
}
