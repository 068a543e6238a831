// What could not be sent waits here, encrypted with a key that cannot leave this browser, for a day at most.
// Nothing of it is ever in localStorage; signing out wipes it, and so does a send that arrived.

const NAME = "pit-waiting";
const DAY_MS = 24 * 60 * 60 * 1000;

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("typed");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(store, mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

async function key() {
  const kept = await inStore("keys", "readonly", (store) => store.get("key"));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await inStore("keys", "readwrite", (store) => store.put(made, "key"));
  return made;
}

/** Keeps `text` under `name` (a session and a member) in place of what waited there. */
export async function put(name, text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(text));
  await inStore("typed", "readwrite", (store) => store.put({ iv, sealed, at: Date.now() }, name));
}

/** What waits under `name`, or null; what is older than a day is gone. */
export async function take(name) {
  const row = await inStore("typed", "readonly", (store) => store.get(name));
  if (!row) return null;
  if (Date.now() - row.at > DAY_MS) {
    await drop(name);
    return null;
  }
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, await key(), row.sealed);
    return new TextDecoder().decode(text);
  } catch {
    // Another key: nobody can read it any more.
    await drop(name);
    return null;
  }
}

export function drop(name) {
  return inStore("typed", "readwrite", (store) => store.delete(name));
}

/** Drops what has waited for more than a day, of whichever session. */
export async function dropOld() {
  const names = await inStore("typed", "readonly", (store) => store.getAllKeys());
  for (const name of names) await take(name);
}

/** At sign-out: the texts and the key. */
export function wipe() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
