// Leaving without a trace we can avoid. Works on without it: the link leads to /leave by itself.

const links = document.querySelectorAll("[data-leave]");
const steps = document.querySelector(".steps");

function blank() {
  for (const field of document.querySelectorAll("input, select, textarea")) {
    field.checked = false;
    field.selectedIndex = -1;
    field.value = "";
  }
  document.title = "";
  document.body.replaceChildren();
}

function leave() {
  const elsewhere = links[0].dataset.leave;
  blank();
  location.replace(elsewhere);
}

// What the back button could bring back is empty, and then loaded anew.
addEventListener("pagehide", blank);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const link of links) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}

// Shift three times, each within five seconds of the last. A Shift that helped to type does not count.
// Keyboards on a screen send no code, so nobody leaves by writing a capital.
const lasts = 5000;
let presses = 0;
let alone = false;
let last = 0;

addEventListener("keydown", (event) => {
  const shift = event.code?.startsWith("Shift");
  alone = shift && (alone || !event.repeat);
  if (!shift) presses = 0;
});

addEventListener("keyup", (event) => {
  if (!event.code?.startsWith("Shift") || !alone) return;
  alone = false;
  presses = event.timeStamp - last > lasts ? 1 : presses + 1;
  last = event.timeStamp;
  if (presses === 3) leave();
  else steps.textContent = presses === 1 ? steps.dataset.once : steps.dataset.twice;
});
