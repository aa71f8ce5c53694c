// A household that is not on the list; its first visit follows.
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import { draw, part, say, showErrors, spot, worded } from "../page.js";
import { go } from "../router.js";
import { readPackage, session, today, villageOnShow } from "../session.js";
import { peopleRows, plainName, register } from "../people_rows.js";
import { uuid as newUuid } from "../text.js";
import { formIsOpen } from "../update.js";
import { isLockedOrThrow, keepFailed, openVault } from "./pin.js";

const DRAFT = "new";

export async function show(root) {
  return formOf(root, null);
}

// One that the commune wants looked at again.
export const mend = {
  async show(root, { uuid }) {
    return formOf(root, await outbox.get(uuid));
  },
};

async function formOf(root, entry) {
  await readPackage();
  draw(root, "new");
  const form = root.querySelector("form");
  const year = Number((await today()).slice(0, 4));
  fillVillages(form);
  const keeper = drafts.keeper(
    session.user,
    entry ? `mend-${entry.uuid}` : DRAFT,
    () => draftOf(form, rows, entry),
    (problem) => keepFailed(problem, keeper),
  );
  const rows = rowsOf(form, { year, changed: keeper.touched });
  const draft = entry ? null : await drafts.find(session.user, DRAFT);
  if (draft) say(gettext("What was written stands in the form again."));
  const known = entry?.body ?? draft?.form;
  if (known) fill(form, rows, known);
  if (draft) form.dataset.uuid = draft.uuid;
  form.addEventListener("input", keeper.touched);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepHousehold(form, { rows, keeper, entry });
  });
  const close = formIsOpen();
  const leave = async () => {
    await keeper.flush();
    close();
  };
  return { title: gettext("Add a household"), subtitle: villageOnShow()?.name, back: "#/", leave };
}

function fillVillages(form) {
  const select = form.elements.village;
  for (const { id, name } of session.package.villages) select.append(new Option(name, id));
  select.value = villageOnShow()?.id ?? session.package.villages[0]?.id;
  part(form, "village").hidden = session.package.villages.length < 2;
}

function rowsOf(form, { year, changed }) {
  const about = { people: register(session.package), year, changed };
  return {
    head: peopleRows(spot(form, "head"), {
      ...about,
      most: 1,
      legend: () => gettext("Household head"),
    }),
    members: peopleRows(spot(form, "members"), {
      ...about,
      legend: (number) => worded(gettext("Member %(number)s"), { number }),
    }),
  };
}

function draftOf(form, rows, entry) {
  const people = [...rows.head.state(), ...rows.members.state()];
  const address = form.elements.address.value;
  if (!people.length && !address) return null;
  form.dataset.uuid ??= newUuid();
  const hash = entry ? `#/mend-household/${entry.uuid}` : "#/new";
  return {
    title: gettext("New household"),
    hash,
    uuid: form.dataset.uuid,
    form: { village: form.elements.village.value, address, people },
  };
}

function fill(form, rows, { village, address, people }) {
  form.elements.village.value = village;
  form.elements.address.value = address;
  rows.head.fill(people.slice(0, 1));
  rows.members.fill(people.slice(1));
}

async function keepHousehold(form, { rows, keeper, entry }) {
  const head = rows.head.state();
  const errors = [...rows.head.errors(), ...rows.members.errors()];
  if (!head.length)
    errors.unshift({
      field: "people",
      label: gettext("Household head"),
      text: gettext("Write the full name."),
    });
  showErrors(form, errors);
  if (errors.length || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  try {
    await openVault(session.user);
    const body = await bodyOf(form, [...head, ...rows.members.state()]);
    const title = plainName(head[0].full_name);
    const kept = entry
      ? await outbox.edit(entry.uuid, body, title)
      : await outbox.add({
          user: session.user,
          kind: "household",
          uuid: form.dataset.uuid ?? newUuid(),
          body,
          title,
          after: [],
        });
    keeper.stop();
    await keeper.drop();
    await readPackage();
    await go(entry ? `#/saved/${kept.uuid}` : `#/visit/${kept.uuid}`, { replace: true });
  } catch (problem) {
    if (problem.name !== "StorageProblem") return isLockedOrThrow(problem);
    session.unkept = problem.sealed ? [problem.sealed] : [];
    session.storage = problem.reason;
    go("#/unkept");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

async function bodyOf(form, people) {
  return {
    village: Number(form.elements.village.value),
    since_on: await today(),
    address: form.elements.address.value.normalize("NFC").trim(),
    people: people.map(({ uuid, full_name: name, birth_year: year, sex }) => ({
      uuid,
      full_name: plainName(name),
      birth_year: Number(year),
      sex,
    })),
    confirmed: people.some((person) => person.decided),
    phone: { known_until: session.package.as_of },
  };
}
