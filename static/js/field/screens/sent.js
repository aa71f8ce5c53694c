// What was written down on this phone: saved just now, the day, one record.
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import { counted, draw, make, on, part, put, row, show as reveal, spot, worded } from "../page.js";
import { go, refresh } from "../router.js";
import {
  household as find,
  keepFilled,
  readPackage,
  session,
  today,
  villageOnShow,
} from "../session.js";
import {
  dayInWords,
  isWaiting,
  latestBody,
  mayBeCorrected,
  problemsOf,
  stateOf,
  titleOf,
} from "../states.js";
import { day } from "../text.js";
import { worklist } from "../worklist.js";

// The day's summary, what waits, and the last seven days.
export async function show(root) {
  draw(root, "sent");
  const fill = async () => {
    const entries = (await outbox.list(session.user)).reverse();
    const now = await today();
    put(root, "day", dayInWords(entries, now));
    const waiting = entries.filter(isWaiting).length;
    reveal(root, "waiting", waiting > 0);
    put(root, "waiting", waiting ? waitingWords(waiting) : "");
    reveal(root, "rescue", waiting > 0);
    reveal(root, "send", waiting > 0);
    fillRows(
      root,
      "today",
      entries.filter((entry) => entry.day === now),
    );
    fillRows(
      root,
      "earlier",
      entries.filter((entry) => entry.day !== now),
    );
    reveal(root, "none", !entries.some((entry) => entry.day === now));
    reveal(
      root,
      "earlier",
      entries.some((entry) => entry.day !== now),
    );
  };
  const leave = await keepFilled(fill);
  on(root, "send", async () => {
    put(root, "waiting", gettext("Sending…"));
    reveal(root, "waiting");
    await outbox.send({ force: true });
    await fill();
    tellOutcome(root, await outbox.waiting(session.user));
  });
  return { title: gettext("Visits written down"), back: "#/", leave };
}

export function waitingWords(count) {
  return counted(
    ngettext(
      "%(count)s record is kept on the phone.",
      "%(count)s records are kept on the phone.",
      count,
    ),
    count,
  );
}

function tellOutcome(root, { saved, sending }) {
  reveal(root, "waiting");
  put(
    root,
    "waiting",
    saved + sending
      ? gettext(
          "The commune could not be reached. What is kept is sent by itself when there is a signal.",
        )
      : gettext("Everything has been sent."),
  );
}

function fillRows(root, name, entries) {
  spot(root, name).replaceChildren(
    ...entries.map((entry) => {
      const { words, kind } = stateOf(entry);
      const when =
        entry.body?.visited_on && entry.body.visited_on !== entry.day
          ? day(entry.body.visited_on)
          : "";
      return row(`#/entry/${entry.uuid}`, titleOf(entry), [
        ["row-note", when],
        [`row-state ${kind}`, words],
      ]);
    }),
  );
}

// «Đã lưu trên máy», at once; it can be taken back for ten seconds.
export const saved = {
  async show(root, { uuid }) {
    // What was saved this moment need not be read back before the words appear.
    let fresh = session.saved?.uuid === uuid ? session.saved : null;
    session.saved = null;
    const entry = fresh ?? (await outbox.get(uuid));
    if (!entry) return missing(root);
    draw(root, "saved");
    put(root, "title", titleOf(entry));
    const next = spot(root, "next");
    const isAttendance = entry.kind === "attendance";
    next.href = isAttendance ? `#/session/${entry.body?.session}` : "#/households/visit";
    next.textContent = isAttendance ? gettext("Note further people") : gettext("Record a visit");
    let timer = null;
    const tell = async () => {
      const now = fresh ?? (await outbox.get(uuid));
      fresh = null;
      if (!now) return;
      const { words, explained } = stateOf(now);
      put(root, "state", words);
      put(root, "explained", explained);
      const left = Math.ceil((now.hold_until - Date.now()) / 1000);
      const mayUndo =
        now.state === "saved" && now.attempts === 0 && left > 0 && now.kind !== "correction";
      reveal(root, "undo", mayUndo);
      reveal(root, "mend", !mayUndo && mayBeCorrected(now));
      spot(root, "mend").href = mendingOf(now);
      put(
        root,
        "undo-hint",
        counted(
          ngettext("%(count)s second left", "%(count)s seconds left", Math.max(left, 0)),
          Math.max(left, 0),
        ),
      );
      clearTimeout(timer);
      if (mayUndo) timer = setTimeout(tell, 1000);
    };
    const stop = await keepFilled(tell);
    on(root, "undo", async () => {
      if (await outbox.undo(uuid)) await takeBack(entry);
      else await tell();
    });
    return {
      title: isAttendance ? gettext("Who came") : gettext("Recording a visit"),
      subtitle: entry.title,
      back: "#/",
      shown: () => !isAttendance && setTimeout(() => offerNext(next, entry), 300),
      leave: () => {
        clearTimeout(timer);
        stop();
      },
    };
  },
};

const sheets = () => import("../sheets.js");

async function takeBack({ uuid, kind, title, body }) {
  if (kind === "attendance") return (await sheets()).takeBack({ uuid, title, body });
  const { stateOf: formState } = await import("../answers.js");
  const hash = `#/visit/${body.household}`;
  await drafts.keep(session.user, body.household, {
    title,
    hash,
    uuid,
    undone: true,
    form: formState(body),
  });
  await readPackage();
  go(hash, { replace: true });
}

// The screen on which a record is written anew.
function mendingOf({ kind, uuid }) {
  const screens = { household: "mend-household", attendance: "mend-session" };
  return `#/${screens[kind] ?? "mend"}/${uuid}`;
}

// Worked out after the words are on screen: they must not wait for it.
async function offerNext(link, { body }) {
  await readPackage();
  const village = find(body?.household)?.v ?? villageOnShow()?.id ?? null;
  const [first] = worklist(session.package, await today(), { village, limit: 2 }).filter(
    ({ household }) => household.u !== body?.household,
  );
  if (!first) return;
  link.href = `#/visit/${first.household.u}`;
  link.replaceChildren(worded(gettext("Next: %(household)s"), { household: first.title }));
}

function missing(root) {
  draw(root, "missing");
  return { title: gettext("Not found"), back: "#/" };
}

// One record: what was written, where it is, what to do.
export const entry = {
  async show(root, { uuid }) {
    const record = await outbox.get(uuid);
    if (!record) return missing(root);
    draw(root, "entry");
    const tell = async () => {
      const now = await outbox.get(uuid);
      if (!now) return;
      const { words, kind, explained } = stateOf(now);
      const notice = { good: "success", warn: "warning", bad: "danger" }[kind];
      part(root, "state").className = notice ? `notice notice-${notice}` : "notice";
      put(root, "state", words);
      put(root, "explained", explained);
      const problems = now.state === "review" ? problemsOf(now) : [];
      spot(root, "problems").replaceChildren(...problems.map((line) => make("li", {}, line)));
      spot(root, "problems").hidden = problems.length === 0;
      fillActs(root, now);
    };
    const leave = await keepFilled(tell);
    const body = record.body && (await latestBody(record));
    if (record.kind === "attendance" && body)
      (await sheets()).fillTold(spot(root, "told"), body, skillName);
    else fillTold(spot(root, "told"), body);
    return {
      title: titleOf(record),
      subtitle: body?.visited_on ? day(body.visited_on) : "",
      back: "#/sent",
      leave,
    };
  },
};

function fillActs(root, record) {
  const bar = part(root, "mend");
  const link = spot(root, "mend");
  bar.hidden = !mayBeCorrected(record);
  link.href = mendingOf(record);
  link.textContent =
    record.state === "review"
      ? gettext("Mend and send again")
      : record.kind === "attendance"
        ? gettext("Change this list")
        : gettext("Correct this visit");
  const extra = bar.querySelector("button");
  const stuck = record.state === "review" && record.problem?.kind !== "refused";
  if (stuck) bar.hidden = false;
  if (stuck && !extra) {
    link.hidden = true;
    const button = make(
      "button",
      { class: "btn btn-primary", type: "button" },
      gettext("Give it to an official"),
    );
    button.addEventListener("click", async () => {
      await outbox.handOver(record.uuid);
      await refresh();
    });
    bar.append(button);
  }
}

// What was written, with the words of the form.
function fillTold(list, body) {
  if (!body) {
    list.replaceChildren(
      make("dt", {}, gettext("Content")),
      make("dd", {}, gettext("Sealed for the commune; it cannot be read here any more.")),
    );
    return;
  }
  const words = document.getElementById("words-of-a-visit").content;
  const label = (name) => words.querySelector(`[data-label="${name}"]`)?.textContent ?? name;
  const choice = (name, value) =>
    words.querySelector(`[data-${name}="${CSS.escape(value)}"]`)?.textContent ?? value;
  const lines = [];
  const tell = (name, value) => {
    if (value) lines.push(make("dt", {}, name), make("dd", {}, value));
  };
  const answers = (outcomes = {}, confirmed = false) => [
    ...Object.entries(outcomes).map(
      ([code, outcome]) => `${skillName(code)}: ${choice("outcome", outcome).toLowerCase()}`,
    ),
    ...(confirmed ? [gettext("VNeID confirms this person")] : []),
  ];
  if (body.occasion) tell(label("occasion"), choice("occasion", body.occasion));
  const household = find(body.household);
  for (const person of body.people ?? []) {
    const member = household?.m.find((one) => one.u === person.resident);
    const name = person.full_name ?? member?.f ?? gettext("A member");
    const born = person.birth_year ?? member?.y;
    tell(
      born ? `${name}, ${worded(gettext("born %(year)s"), { year: born })}` : name,
      answers(person.outcomes, person.confirmed).join("\n") || gettext("Met"),
    );
  }
  for (const person of body.new_people ?? []) {
    tell(
      `${person.full_name}, ${worded(gettext("born %(year)s"), { year: person.birth_year })}`,
      [gettext("New member"), ...answers(person.outcomes, person.confirmed)].join("\n"),
    );
  }
  tell(
    label("smart_device"),
    { true: gettext("Yes"), false: gettext("No") }[String(body.smart_device)],
  );
  for (const name of ["connection", "difficulty", "language"])
    if (body[name]) tell(label(name), choice(name, body[name]));
  tell(label("unnamed_people"), body.unnamed_people ? String(body.unnamed_people) : "");
  tell(label("return_on"), body.return_on ? day(body.return_on) : "");
  tell(label("note"), body.note);
  tell(label("reason"), body.reason);
  tell(gettext("Where in the village"), body.address);
  list.replaceChildren(...lines);
}

function skillName(code) {
  const skill = session.package?.skills.find((one) => one.code === code);
  return (document.documentElement.lang === "en" && skill?.name_en) || skill?.name || code;
}
