// @antiadmin/anticaptchaofficial: `HOST KEY PICTURE` in, one JSON line out. The host is a literal; axios rewrites it.

const fs = require("node:fs");
const { createRequire } = require("node:module");

const client = require("@antiadmin/anticaptchaofficial");
const axios = createRequire(require.resolve("@antiadmin/anticaptchaofficial"))("axios");

const [host, key, picture] = process.argv.slice(2);

axios.interceptors.request.use((request) => {
  request.url = request.url.replace("https://api.anti-captcha.com", `http://${host}`);
  return request;
});

// What the call gives, or the error code that this client throws as a bare string.
async function attempt(call) {
  try {
    return { value: await call() };
  } catch (error) {
    return { refused: String(error), by: typeof error };
  }
}

async function main() {
  client.setAPIKey(key);
  client.shutUp();
  client.settings.firstAttemptWaitingInterval = 1;
  client.settings.normalWaitingInterval = 1;
  client.settings.comment = "Type what you see";
  client.settings.minLength = 4;
  const balance = await attempt(() => client.getBalance());
  const solve = await attempt(() => client.solveImage(fs.readFileSync(picture).toString("base64")));
  const reports = [];
  for (let i = 0; "value" in solve && i < 2; i++) {
    reports.push(await attempt(() => client.reportIncorrectImageCaptcha()));
  }
  console.log(JSON.stringify({ balance, solve, reports }));
}

main();
