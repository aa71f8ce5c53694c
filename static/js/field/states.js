// Where a record is, in words, and what the leader has to do about it.
import * as outbox from "./outbox.js";
import { counted, worded } from "./page.js";

const CORRECTED_FOR = 7 * 24 * 60 * 60 * 1000;

// {words, kind: "good"|"warn"|"bad"|"", explained}
export function stateOf(entry) {
  const number =
    entry.receipt_number ?? (entry.number ? String(entry.number).padStart(3, "0") : "");
  switch (entry.state) {
    case "received":
      return {
        words: number
          ? worded(gettext("The commune has received it, number %(number)s"), { number })
          : gettext("The commune has received it"),
        kind: "good",
        explained: "",
      };
    case "held":
      if (entry.dismissed) return dismissed(entry.dismissed);
      return {
        words: gettext("The commune keeps it, an official looks at it"),
        kind: "warn",
        explained: gettext("Nothing is lost, and nothing has to be done here."),
      };
    case "review":
      return {
        words: gettext("To be looked at again"),
        kind: "bad",
        explained: gettext("See below what to mend, then send it again."),
      };
    case "sending":
      return { words: gettext("Being sent"), kind: "", explained: "" };
    default:
      return {
        words: gettext("Saved on the phone"),
        kind: "",
        explained: gettext("It is sent by itself when there is a signal."),
      };
  }
}

function dismissed({ why }) {
  const words = gettext("The commune has not recorded it");
  const explained = why
    ? worded(gettext("An official decided: %(why)s"), { why })
    : gettext("Ask the commune why.");
  return { words, kind: "bad", explained };
}

export function titleOf(entry) {
  const title = entry.title ?? gettext("Sealed record");
  if (entry.kind === "correction") return worded(gettext("Correction: %(title)s"), { title });
  if (entry.kind === "attendance") return worded(gettext("Attendance: %(title)s"), { title });
  if (entry.kind === "household") return worded(gettext("New household: %(title)s"), { title });
  return title;
}

// What the commune said is wrong with a record, each as one line.
export function problemsOf({ problem }) {
  if (!problem) return [];
  if (problem.kind === "conflict") {
    return [
      gettext(
        "The commune has this visit with other answers. Give it to an official to look at, or write it anew.",
      ),
    ];
  }
  if (problem.kind === "unreadable")
    return [
      gettext("The commune could not read it. It stays on the phone: please tell the commune."),
    ];
  const lines = Object.values(problem.errors ?? {}).flat();
  return lines.length ? lines : [problem.message || gettext("The commune did not say why.")];
}

export function mayBeCorrected(entry) {
  if (entry.kind === "correction" || !entry.body) return false;
  if (entry.state === "review") return true;
  // Once it is on its way, a further list adds to it; people are struck off at the commune.
  if (entry.kind === "attendance") return entry.state === "saved" && entry.attempts === 0;
  return (
    entry.kind === "visit" && entry.state !== "held" && Date.now() - entry.saved_at < CORRECTED_FOR
  );
}

// «Hôm nay 6 lượt thăm, xã đã nhận 6»
export function dayInWords(entries, today) {
  const visits = entries.filter((entry) => entry.kind === "visit" && entry.day === today);
  if (!visits.length) return gettext("Nothing was written down today.");
  const received = visits.filter((entry) => entry.state === "received").length;
  return counted(
    ngettext(
      "Today %(count)s visit, %(received)s received by the commune",
      "Today %(count)s visits, %(received)s received by the commune",
      visits.length,
    ),
    visits.length,
    { received },
  );
}

export function isWaiting(entry) {
  return entry.state === "saved" || entry.state === "sending";
}

// The content as it stands now: the latest correction, or the visit itself.
export async function latestBody(entry) {
  const corrections = (await outbox.list(entry.user)).filter((one) => one.kind === "correction");
  let latest = entry.body;
  for (const { uuid } of corrections) {
    const { body } = await outbox.get(uuid);
    if (body?.visit === entry.uuid) latest = body;
  }
  return latest;
}
