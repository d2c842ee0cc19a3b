// Signing out outside the inspector's pages takes what this phone kept with it too; unsent sheets are asked about first.
import { forget, reachable } from "./inspect_keep.js";
import { dropWorkOf, unsentOf } from "./inspect_store.js";

const form = document.querySelector('form[action="/sign-out"]');
const words = document.querySelector("script[data-unsent]").dataset.unsent;

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await mayLeave(form.dataset.account)) form.submit();
});

// Without signal nothing is deleted: the browser says itself that the server cannot be reached.
async function mayLeave(account) {
  if (!(await reachable())) return true;
  const own = (await unsentOf(account)).length;
  if (own && !window.confirm(words.replace("{n}", own))) return false;
  await Promise.all([dropWorkOf(account), forget()]);
  return true;
}
