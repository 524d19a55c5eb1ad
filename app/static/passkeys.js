// Asks the authenticator, puts what it answers into the form around the button, and sends that form.
// Without script or passkeys the buttons stay hidden: password and code always work.

const opened = Date.now();
// Shorter than a challenge lives, so that there is time left for the touch.
const lasts = 4 * 60 * 1000;
const words = { NotAllowedError: "declined", AbortError: "declined", InvalidStateError: "known" };

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function credentials(ids) {
  return (ids ?? "").split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) }));
}

function asking({ host, salt }, challenge) {
  const extensions = salt ? { prf: { eval: { first: bytes(salt) } } } : {};
  return { challenge, rpId: host, userVerification: "required", extensions };
}

function use(told, challenge, allowCredentials) {
  return navigator.credentials.get({ publicKey: { ...asking(told, challenge), allowCredentials } });
}

function make(told, challenge) {
  const { extensions } = asking(told, challenge);
  return navigator.credentials.create({
    publicKey: {
      challenge,
      extensions,
      rp: { id: told.host, name: told.practice },
      user: { id: bytes(told.user), name: told.email, displayName: told.name },
      pubKeyCredParams: told.algorithms.split(" ").map((alg) => ({ type: "public-key", alg: Number(alg) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      excludeCredentials: credentials(told.known),
    },
  });
}

function secret(credential) {
  return credential.getClientExtensionResults().prf?.results?.first;
}

// Many authenticators give a new passkey's secret only when it is used: that takes a second touch.
async function secretOfNew(told, challenge, credential) {
  if (secret(credential) || !credential.getClientExtensionResults().prf?.enabled) return secret(credential);
  try {
    return secret(await use(told, challenge, [{ type: "public-key", id: credential.rawId }]));
  } catch {
    return undefined;
  }
}

function answer({ id, rawId, type, response }) {
  const said = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = text(response[part]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}

async function refresh(field, fresh) {
  if (!fresh || Date.now() - opened < lasts) return;
  const given = await fetch(fresh);
  if (given.ok) field.value = await given.text();
}

async function press(button) {
  const { form, dataset: told } = button;
  const status = form.querySelector("[role=status]");
  button.disabled = true;
  status.textContent = "";
  try {
    await refresh(form.elements.challenge, told.fresh);
    const challenge = new TextEncoder().encode(form.elements.challenge.value);
    const isNew = told.passkey === "new";
    const credential = await (isNew ? make(told, challenge) : use(told, challenge, credentials(told.known)));
    const found = isNew ? await secretOfNew(told, challenge, credential) : secret(credential);
    form.elements.passkey.value = answer(credential);
    if (told.salt && found) form.elements.secret.value = text(found);
    form.submit();
  } catch (error) {
    status.textContent = status.dataset[words[error.name] ?? "failed"];
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!globalThis.PublicKeyCredential || location.hostname !== button.dataset.host) continue;
  button.hidden = button.form.hidden = false;
  button.form.querySelector("[data-without]")?.remove();
  // Where a code can be typed, too, the form sends itself; elsewhere the passkey is all there is to send.
  const [target, kind] = button.dataset.passkey === "proof" ? [button, "click"] : [button.form, "submit"];
  target.addEventListener(kind, (event) => {
    event.preventDefault();
    press(button);
  });
}

// A secret must not wait in a page that Back could bring back.
addEventListener("pagehide", () => {
  for (const field of document.querySelectorAll("[name=secret]")) field.value = "";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
