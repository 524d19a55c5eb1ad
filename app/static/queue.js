// Asks every 15 seconds whether the list has changed, and offers to show it. Nothing moves by itself, nothing is kept.

const update = document.querySelector(".update");
const every = 15_000;
let timer = 0;

function blank() {
  const main = document.createElement("main");
  main.append(document.querySelector("#locked").content);
  document.title = "";
  document.body.replaceChildren(main);
  main.querySelector("a").focus();
}

function offer(pulse) {
  if (pulse.version === update.dataset.version) return;
  const more = pulse.waiting - Number(update.dataset.waiting);
  const words = more > 1 ? update.dataset.many : more === 1 ? update.dataset.one : update.dataset.changed;
  const link = update.firstChild ?? document.createElement("a");
  link.className = "button";
  link.href = update.dataset.href;
  // Said once, not every 15 seconds.
  const said = words.replace("{count}", more);
  if (link.textContent !== said) link.textContent = said;
  if (!update.firstChild) update.append(link);
}

async function ask() {
  let answer;
  try {
    answer = await fetch("/desk/pulse", { redirect: "error" });
  } catch {
    return;
  }
  if (answer.status === 401) {
    stop();
    blank();
  } else if (answer.ok) {
    offer(await answer.json());
  }
}

function stop() {
  clearInterval(timer);
  timer = 0;
}

function go() {
  stop();
  if (document.hidden || !navigator.onLine || !update.isConnected) return;
  timer = setInterval(ask, every);
}

// Who comes back to this page sees at once whether it still holds.
function resume() {
  go();
  if (timer) ask();
}

document.addEventListener("visibilitychange", resume);
addEventListener("online", resume);
addEventListener("offline", stop);
go();
