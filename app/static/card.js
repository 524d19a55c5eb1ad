// An open request asks every five seconds whether it changed. On the number's page the number goes at once when it
// did, when its two minutes are over, or when nobody can tell; on the request itself only a line says so, and nothing
// moves under a finger. Works on without: the number's page then asks for itself again.

const asks = 5_000;
const silence = 15_000;
const part = document.querySelector("[data-pulse]");
const { pulse, version, seconds } = part.dataset;
const numbers = document.querySelectorAll(".dial");
const ends = seconds ? Date.now() + seconds * 1_000 : Infinity;
let answered = Date.now();
let asking = 0;

function look() {
  const over = Date.now() >= ends;
  const lost = !over && Date.now() - answered >= silence;
  for (const number of numbers) number.hidden = over || lost;
  part.querySelector(".soon").hidden = over || lost;
  part.querySelector(".lost").hidden = !lost;
  part.querySelector(".over").hidden = !over;
  if (over) clearInterval(asking);
}

function changed() {
  clearInterval(asking);
  if (!seconds) {
    part.querySelector(".changed").hidden = false;
    return;
  }
  for (const number of numbers) number.remove();
  location.reload();
}

function locked() {
  clearInterval(asking);
  if (!seconds) return;
  document.title = "";
  document.body.replaceChildren();
  location.reload();
}

async function ask() {
  try {
    const answer = await fetch(pulse, { cache: "no-store", signal: AbortSignal.timeout(asks) });
    if (answer.status === 401) return locked();
    if (answer.status === 404) return changed();
    if (answer.ok) {
      if ((await answer.json()).version !== version) return changed();
      answered = Date.now();
    }
  } catch {
    // No answer is not an answer: how long that lasts is looked at below.
  }
  if (seconds) look();
}

asking = setInterval(ask, asks);
if (seconds) setInterval(look, 1_000);
// A phone stops the clock of a page behind another app.
document.addEventListener("visibilitychange", ask);
