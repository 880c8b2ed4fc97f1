// Passkeys: asks the server what to make or to sign, the device to do it, and sends what it did as a form.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What the server asks for, with bytes where its JSON has text. */
function asked(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (options[name]) found[name] = options[name].map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return found;
}

/** What the device did, as the JSON that the server reads (Web Authentication, section 5.8). */
function done(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: id, type, response, clientExtensionResults: {} });
}

async function optionsFrom(path) {
  const reply = await fetch(path, { method: "POST", credentials: "same-origin", body: new URLSearchParams() });
  if (!reply.ok) throw new Error(String(reply.status));
  return asked(await reply.json());
}

const devices = {
  make: async () => navigator.credentials.create({ publicKey: await optionsFrom("/passkeys/options") }),
  use: async () => navigator.credentials.get({ publicKey: await optionsFrom("/passkeys/challenge") }),
};

const canAsk = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false; // without a script there is nothing in it for anybody
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");
  if (!canAsk) {
    button.disabled = true;
    said.textContent = said.dataset.cannot;
    said.className = "faint"; // nothing has failed yet
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    button.disabled = true;
    try {
      form.elements.credential.value = done(await devices[form.dataset.passkey]());
      form.submit();
    } catch {
      said.textContent = said.dataset.failed; // the person or the device said no, or the server could not be reached
      button.disabled = false;
      button.focus();
    }
  });
}
