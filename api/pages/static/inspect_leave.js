// Signing out takes with it what this phone kept for the account; what is unsent is asked about first.
import { account, ask, make, reachable, say, tell } from "./inspect_page.js";
import { forget } from "./inspect_keep.js";
import { dropWorkOf, unsentOf } from "./inspect_store.js";

export function watchSignOut() {
  const form = document.querySelector('form[action="/sign-out"]');
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await leave(form.textContent.trim())) form.submit();
  });
}

async function leave(title) {
  if (!(await reachable())) {
    await tell(title, say("no_signal"));
    return false;
  }
  const own = await unsentOf(account);
  if (own.length) {
    const buttons = [["stay", say("cancel"), "second"], ["leave", say("leave_delete")]];
    if ((await ask(title, [make("p", {}, say("leave_unsent", { n: own.length }))], buttons)) !== "leave") return false;
  }
  await Promise.all([dropWorkOf(account), forget()]);
  return true;
}
