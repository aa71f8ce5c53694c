// The phone's database. No other module touches IndexedDB but through this one.
//
// settings  key -> value: what the phone knows for itself (server key, clock, session)
// phones    one row per person: signing key, wrapped data key, PIN attempts
// outbox    one row per record: sealed for the commune, encrypted for its author
// drafts    `${user}:${household or "new"}` -> encrypted form that is being filled in
// packages  one row per person: the village, encrypted
import { openDB } from "../../vendor/idb-8.0.4/idb.js";

const NAME = "field";
const VERSION = 1;
let opened = null;

// The database cannot be read or written; `reason` is "full" or "broken". When a record
// could not be kept, `sealed` holds it, fit for a rescue file.
export class StorageProblem extends Error {
  constructor(cause) {
    super(`storage: ${cause?.name ?? ""} ${cause?.message ?? ""}`, { cause });
    this.name = "StorageProblem";
    this.reason = cause?.name === "QuotaExceededError" ? "full" : "broken";
    this.sealed = null;
  }
}

// The open database of this page or worker (an idb database).
export function open() {
  opened ??= connect().catch((problem) => {
    opened = null;
    throw new StorageProblem(problem);
  });
  return opened;
}

async function connect() {
  const db = await openDB(NAME, VERSION, {
    upgrade: create,
    // Another tab brings a newer shape: let it, and reopen on the next use.
    blocking: () => close(),
    terminated: () => { opened = null; },
  });
  return db;
}

function create(db) {
  db.createObjectStore("settings");
  db.createObjectStore("phones", { keyPath: "user" });
  db.createObjectStore("outbox", { keyPath: "uuid" }).createIndex("saved_at", "saved_at");
  db.createObjectStore("drafts");
  db.createObjectStore("packages");
}

async function close() {
  const db = await opened;
  opened = null;
  db?.close();
}

// Run `work(transaction)`; resolve with its result only when all of it is on the disk.
export async function write(stores, work) {
  const db = await open();
  try {
    const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
    const done = transaction.done;
    done.catch(() => {});
    let result;
    try {
      result = await work(transaction);
    } catch (problem) {
      abort(transaction);
      throw problem;
    }
    await done;
    return result;
  } catch (problem) {
    throw problem instanceof DOMException ? new StorageProblem(problem) : problem;
  }
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch (problem) {
    // It has ended by itself, which is why the work failed.
    if (problem.name !== "InvalidStateError") throw problem;
  }
}

// Run `work(transaction)` on a reading transaction.
export async function read(stores, work) {
  const db = await open();
  try {
    return await work(db.transaction(stores, "readonly"));
  } catch (problem) {
    throw problem instanceof DOMException ? new StorageProblem(problem) : problem;
  }
}

export function setting(key) {
  return read("settings", (transaction) => transaction.store.get(key));
}

export function keepSetting(key, value) {
  return write("settings", (transaction) => transaction.store.put(value, key));
}
