// Forms that are being filled in, encrypted for the person who writes, so that a killed
// browser, a dead battery or the Back button loses nothing.
import { read, write } from "./store.js";
import * as vault from "./vault.js";

const PAUSE = 400;

export async function find(user, name) {
  const row = await read("drafts", (transaction) => transaction.store.get(`${user}:${name}`));
  return row ? { at: row.at, ...(await vault.decrypt(user, row.box)) } : null;
}

// `value`: {title, hash, form}; hash is the screen that takes it up again.
export async function keep(user, name, value) {
  const box = await vault.encrypt(user, value);
  const row = { at: new Date().toISOString(), box };
  await write("drafts", (transaction) => transaction.store.put(row, `${user}:${name}`));
}

export function drop(user, name) {
  return write("drafts", (transaction) => transaction.store.delete(`${user}:${name}`));
}

export async function count(user) {
  return (await keysOf(user)).length;
}

// The draft that was written last: {name, at, title, hash}, or null.
export async function newest(user) {
  const found = [];
  for (const key of await keysOf(user)) {
    const name = key.slice(`${user}:`.length);
    found.push({ name, ...(await find(user, name)) });
  }
  return found.sort((a, b) => Number(a.at < b.at) || -1)[0] ?? null;
}

function keysOf(user) {
  return read("drafts", (transaction) =>
    transaction.store.getAllKeys(IDBKeyRange.bound(`${user}:`, `${user}:\uffff`)),
  );
}

// Keeps a form while it is written: `touched()` after each change, `flush()` when it is
// left, `stop()` when it was saved. `read` gives the value; null drops the draft. `failed`
// hears why a draft could not be kept.
export function keeper(user, name, read, failed) {
  let timer = null;
  let stopped = false;
  let last = Promise.resolve();
  const store = () => {
    clearTimeout(timer);
    timer = null;
    const value = read();
    // One after the other: an earlier state must not overwrite a later one. What failed
    // before was told when it did.
    last = last
      .catch(() => null)
      .then(() => (stopped ? null : value ? keep(user, name, value) : drop(user, name)));
    return last;
  };
  const flush = () => (timer && !stopped ? store() : last);
  const hidden = () => {
    flush().catch(failed);
  };
  window.addEventListener("pagehide", hidden);
  document.addEventListener("visibilitychange", hidden);
  const unhook = () => {
    window.removeEventListener("pagehide", hidden);
    document.removeEventListener("visibilitychange", hidden);
  };
  return {
    touched() {
      if (stopped) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        store().catch(failed);
      }, PAUSE);
    },
    async flush() {
      unhook();
      await flush().catch(failed);
    },
    // At once, so that nothing is written behind a record that is saved.
    stop() {
      stopped = true;
      clearTimeout(timer);
      unhook();
    },
    async drop() {
      await last.catch(() => null);
      await drop(user, name);
    },
  };
}
