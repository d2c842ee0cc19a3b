// What the phone keeps of an officer's own work (IndexedDB): drafts by account and task, sheets that wait to be sent.
const NAME = "dajian-inspect";
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: ["account", "task"] });
      request.result.createObjectStore("queue", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, key) => within(store, "readonly", (one) => one.get(key));
export const all = (store) => within(store, "readonly", (one) => one.getAll());
export const put = (store, value) => within(store, "readwrite", (one) => one.put(value));
export const remove = (store, key) => within(store, "readwrite", (one) => one.delete(key));

export const unsent = (entry) => entry.state !== "sent";

// An account's sheets and drafts that the server does not have yet.
export async function unsentOf(account) {
  const kept = [...(await all("queue")).filter(unsent), ...(await all("drafts"))];
  return kept.filter((one) => one.account === account);
}

// Take an account's work from the phone. What others have not sent yet is theirs and stays.
export async function dropWorkOf(account) {
  const own = (one) => one.account === account;
  for (const sheet of (await all("queue")).filter(own)) await remove("queue", sheet.id);
  for (const draft of (await all("drafts")).filter(own)) await remove("drafts", [account, draft.task]);
}
