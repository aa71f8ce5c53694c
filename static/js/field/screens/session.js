// Who came to a session: tapped, found by name, by a household's card, or written down anew.
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import { clock, draw, on, part, put, say, show as reveal, showErrors, spot, weekday, worded } from "../page.js";
import { peopleRows, plainName, register } from "../people_rows.js";
import { rosterOf } from "../roster.js";
import { go } from "../router.js";
import { needPackage, session, today } from "../session.js";
import { formOf, hours, sessionKnown } from "../sessions.js";
import { latestBody, problemsOf } from "../states.js";
import { day, fold, shortDay, uuid as newUuid } from "../text.js";
import { formIsOpen } from "../update.js";
import { placeSelect } from "../places.js";
import { countWords } from "./sessions.js";
import { isLockedOrThrow, keepFailed, openVault } from "./pin.js";

const MOST_WALK_INS = 100;

export async function show(root, { uuid }) {
  await needPackage();
  const about = await sessionKnown(uuid);
  if (!about) return missing(root);
  return sheetOf(root, { about, name: `session-${uuid}`, hash: `#/session/${uuid}` });
}

// A list that has not gone yet, or that the commune wants looked at again.
export const mend = {
  async show(root, { uuid }) {
    await needPackage();
    const entry = await outbox.get(uuid);
    const about = entry?.body && (await sessionKnown(entry.body.session, { without: uuid }));
    if (!about) return missing(root);
    return sheetOf(root, { about, entry, name: `mend-${uuid}`, hash: `#/mend-session/${uuid}` });
  },
};

function missing(root) {
  draw(root, "missing");
  return { title: gettext("Not found"), back: "#/sessions" };
}

async function sheetOf(root, { about, entry = null, name, hash }) {
  draw(root, "session");
  const form = root.querySelector("form");
  const now = await today();
  const isToCome = about.d > now;
  const draft = () => draftOf(form, people, walkIns, { about, hash });
  const keeper = drafts.keeper(session.user, name, draft, (problem) => keepFailed(problem, keeper));
  const changed = () => {
    keeper.touched();
    tellCount(form, about, people, walkIns);
  };
  const people = rosterOf(form, about, { changed, isToCome });
  const walkIns = walkInsOf(form, about, { people, changed, year: Number(now.slice(0, 4)) });
  const sheet = { form, about, entry, people, walkIns, keeper, name };
  reveal(form, "to-come", isToCome);
  for (const unused of ["bar", "walk-ins", "hint"]) if (isToCome) reveal(form, unused, false);
  if (entry) await fillFrom(sheet);
  if (!isToCome) await offerDraft(sheet);
  tellCount(form, about, people, walkIns);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(sheet);
  });
  const close = formIsOpen();
  import("./sent.js");
  return {
    title: about.t,
    subtitle: [weekday(about.d), day(about.d), hours(about), about.p].filter(Boolean).join(" · "),
    back: entry ? `#/entry/${entry.uuid}` : session.package.villages.length ? "#/sessions" : "#/",
    async leave() {
      people.stop();
      await keeper.flush();
      close();
    },
  };
}

function tellCount(form, about, people, walkIns) {
  const count = about.count + people.added() + walkIns.state().length;
  put(form, "count", countWords(count, about.x.length));
}

// --- Somebody who is on no list ---
function walkInsOf(form, about, { people, changed, year }) {
  return peopleRows(spot(form, "walk-ins"), {
    people: registerWith(people.everybody()),
    year,
    changed,
    most: MOST_WALK_INS,
    isYearOptional: true,
    skills: null,
    legend: (number) => worded(gettext("Person %(number)s"), { number }),
    more: placeSelect(session.package.places ?? []),
    otherWords: () => gettext("Another person: noted by name."),
    same({ member }) {
      people.come(member.u);
      return true;
    },
  });
}

// Whoever is expected from elsewhere may be written down as a stranger too.
function registerWith(everybody) {
  const known = register(session.package);
  for (const person of everybody) {
    const key = `${fold(person.name)} ${person.year}`;
    if (person.isStaff || known.has(key)) continue;
    const member = { u: person.key, f: person.name, y: person.year, h: 1 };
    known.set(key, { member, household: { n: person.number, a: person.place, m: [member] } });
  }
  return known;
}

// --- Drafts ---
function stateOf(people, walkIns) {
  return { ...people.state(), walk_ins: walkIns.state() };
}

function draftOf(form, people, walkIns, { about, hash }) {
  const state = stateOf(people, walkIns);
  if (!state.people.length && !state.staff.length && !state.walk_ins.length) return null;
  form.dataset.uuid ??= newUuid();
  return { title: about.t, hash, uuid: form.dataset.uuid, form: state };
}

function fill({ form, people, walkIns }, state) {
  people.fill(state);
  if (!state.walk_ins.length) return;
  walkIns.fill(state.walk_ins);
  form.querySelector("#walk-ins").open = true;
}

async function fillFrom(sheet) {
  const { form, entry } = sheet;
  fill(sheet, formOf(await latestBody(entry)));
  const lines = entry.state === "review" ? problemsOf(entry) : [];
  reveal(form, "problem", lines.length > 0);
  spot(form, "problem").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
}

async function offerDraft(sheet) {
  const { form, about, people, walkIns, keeper, name } = sheet;
  const draft = await drafts.find(session.user, name);
  if (!draft) return;
  // Saved already, and the browser was killed before the draft could be dropped.
  if (await outbox.get(draft.uuid)) {
    await drafts.drop(session.user, name);
    return;
  }
  const takeUp = () => {
    fill(sheet, draft.form);
    form.dataset.uuid = draft.uuid;
    reveal(form, "draft", false);
    tellCount(form, about, people, walkIns);
    keeper.touched();
  };
  if (draft.undone || session.goOn === name) {
    session.goOn = null;
    takeUp();
    reveal(form, "undone", Boolean(draft.undone));
    return;
  }
  const isToday = new Date(draft.at).toDateString() === new Date().toDateString();
  const time = isToday ? clock(draft.at) : `${clock(draft.at)}, ${shortDay(draft.at)}`;
  put(form, "draft", worded(gettext("Begun at %(time)s, not saved yet."), { time }));
  reveal(form, "draft");
  on(form, "go-on", () => {
    takeUp();
    say(gettext("What was written stands in the form again."));
  });
  on(form, "drop-draft", async () => {
    reveal(form, "draft", false);
    await drafts.drop(session.user, name);
  });
}

// --- Saving ---
function bodyOf(about, { people, staff, walk_ins: walkIns }) {
  return {
    session: about.u,
    people: people.map(({ resident, outcomes, confirmed }) => ({
      resident,
      outcomes,
      ...(confirmed && { confirmed }),
    })),
    staff,
    walk_ins: walkIns.map((one) => ({
      uuid: one.uuid,
      full_name: plainName(one.full_name),
      sex: one.sex,
      birth_year: one.birth_year ? Number(one.birth_year) : null,
      village: one.village ? Number(one.village) : null,
    })),
    phone: { known_until: session.package.as_of },
  };
}

async function save({ form, about, entry, people, walkIns, keeper }) {
  const state = stateOf(people, walkIns);
  const errors = walkIns.errors();
  if (!errors.length && !state.people.length && !state.staff.length && !state.walk_ins.length)
    errors.push({ field: "people", label: "", text: gettext("Tap whoever came, then save.") });
  showErrors(form, errors);
  if (errors.length || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  try {
    await openVault(session.user);
    const body = bodyOf(about, state);
    const kept = entry
      ? await outbox.edit(entry.uuid, body, about.t)
      : await outbox.add({
          user: session.user,
          kind: "attendance",
          uuid: form.dataset.uuid ?? newUuid(),
          body,
          title: about.t,
          after: await needs(people, state),
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

// What must reach the commune before: the visit or household that brought a person.
async function needs(people, state) {
  const came = new Set(state.people.map((one) => one.resident));
  const after = new Set();
  for (const household of session.package.households) {
    if (!household.waiting || !household.m.some((member) => came.has(member.u))) continue;
    for (const uuid of household.waiting) {
      const entry = await outbox.get(uuid);
      const brought = entry?.kind === "household" ? entry.body?.people : entry?.body?.new_people;
      if ((brought ?? []).some((person) => came.has(person.uuid))) after.add(uuid);
    }
  }
  return [...after];
}
