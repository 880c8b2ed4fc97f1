// Inside the frame: renders the site's own widget by its key and hands what it yields to the console.

const setup = JSON.parse(document.getElementById("setup").textContent);
const place = document.getElementById("widget");
const go = document.getElementById("go");
const state = document.getElementById("state");

const tell = (what, more = {}) => parent.postMessage({ manyeyes: what, ...more }, setup.console);
const solved = (token) => tell("token", { token });
const refused = (code) => tell("refused", { code: String(code ?? "") });
const narrow = () => innerWidth < 320;

let start = () => {};
let again = () => {};

function expired() {
  tell("expired");
  again();
}

// One way to speak to the three makers' widgets: each renders and returns {start, again}.
const WIDGETS = {
  recaptcha_v2: recaptcha,
  recaptcha_v2_enterprise: recaptcha,
  recaptcha_v3: scored,
  hcaptcha: hcaptchaWidget,
  turnstile: turnstileWidget,
};

function recaptcha() {
  const api = setup.enterprise ? grecaptcha.enterprise : grecaptcha;
  const id = api.render(place, {
    sitekey: setup.key,
    size: setup.invisible ? "invisible" : narrow() ? "compact" : "normal",
    ...(setup.action ? { action: setup.action } : {}),
    callback: solved,
    "expired-callback": expired,
    "error-callback": () => refused(""),
  });
  return { start: () => api.execute(id), again: () => api.reset(id) };
}

function scored() {
  const api = setup.enterprise ? grecaptcha.enterprise : grecaptcha;
  const ask = () => api.execute(setup.key, setup.action ? { action: setup.action } : {}).then(solved, (fault) => {
    refused(fault?.message ?? fault);
    go.disabled = false;
  });
  return { start: ask, again: () => { go.disabled = false; } };
}

function hcaptchaWidget() {
  const id = hcaptcha.render(place, {
    sitekey: setup.key,
    size: setup.invisible ? "invisible" : narrow() ? "compact" : "normal",
    callback: solved,
    "expired-callback": expired,
    "chalexpired-callback": expired,
    "error-callback": refused,
  });
  if (setup.data) hcaptcha.setData(id, { rqdata: setup.data });
  return { start: () => hcaptcha.execute(id), again: () => hcaptcha.reset(id) };
}

function turnstileWidget() {
  const id = turnstile.render(place, {
    sitekey: setup.key,
    ...(setup.action ? { action: setup.action } : {}),
    ...(setup.data ? { cData: setup.data } : {}),
    size: narrow() ? "compact" : "normal",
    callback: solved,
    "expired-callback": expired,
    "timeout-callback": expired,
    "error-callback": (code) => { refused(code); return true; },
  });
  return { start: () => {}, again: () => turnstile.reset(id) };
}

window.manyeyesReady = () => {
  state.hidden = true;
  try {
    ({ start, again } = WIDGETS[setup.kind]());
  } catch (fault) {
    refused(fault?.message ?? fault);
    return;
  }
  go.hidden = !setup.needs_start;
  if (setup.needs_start) go.focus();
  tell("ready");
};

go.addEventListener("click", () => {
  go.disabled = setup.kind === "recaptcha_v3";
  start();
});

// The console's keys work here too, as their person has set them; inside of the widget's own frame they are the widget's.
const keys = () => decodeURIComponent(location.hash.slice(1)).split(",");
document.addEventListener("keydown", (event) => {
  const shift = event.shiftKey && event.code.startsWith("Arrow") ? "Shift+" : "";
  const key = event.altKey ? `Alt+${shift}${event.code}` : event.key;
  if (!keys().includes(key)) return;
  event.preventDefault();
  tell("key", { key });
});

const script = document.createElement("script");
script.src = setup.script;
script.async = true;
script.onerror = () => { state.hidden = true; tell("failed"); };
document.head.append(script);
