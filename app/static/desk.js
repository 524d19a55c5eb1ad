// The desk goes dark when it is locked: a warning a minute before, and nothing left to read afterwards.

const lasts = document.body.dataset.idle * 1000;
const warns = lasts - 60_000;
const warning = document.querySelector("#lock");
const stay = warning.querySelector("form");
let since = Date.now();
let asking = false;

function dark() {
  document.title = "";
  document.body.replaceChildren();
  location.replace(location.pathname);
}

// Another window may have kept the session open. A note that is being written goes out first: it is kept, sealed.
async function lock() {
  if (asking) return;
  asking = true;
  const answer = await fetch("/desk/pulse", { redirect: "manual" }).catch(() => null);
  asking = false;
  if (answer?.ok) return begin();
  const notes = [...document.querySelectorAll("form[data-kept]")];
  const begun = notes.find((form) => form.querySelector("textarea").value.trim());
  if (begun) begun.requestSubmit();
  else dark();
}

function begin() {
  since = Date.now();
  warning.hidden = true;
}

function look() {
  const idle = Date.now() - since;
  warning.hidden = idle < warns;
  if (idle >= lasts) lock();
}

stay.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(stay.action, { method: "POST", body: new URLSearchParams(new FormData(stay)) });
  if (answer.ok) begin();
  else lock();
});

setInterval(look, 5000);
addEventListener("visibilitychange", look);
addEventListener("pageshow", (event) => {
  if (event.persisted) dark();
});
