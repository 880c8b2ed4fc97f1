// @zennolab_com/capmonstercloud-client: `HOST KEY PICTURE` in, one JSON line out. The address is an option of the client.

const fs = require("node:fs");

const capmonster = require("@zennolab_com/capmonstercloud-client");

const [host, key, picture] = process.argv.slice(2);

const client = capmonster.CapMonsterCloudClientFactory.Create(
  new capmonster.ClientOptions({ clientKey: key, serviceUrl: `http://${host}` }),
);

// What the call gives, or the code, from which this client takes the first word away.
async function attempt(call) {
  try {
    const found = await call();
    return found.error ? { refused: `ERROR_${found.error}`, by: "error" } : { value: found };
  } catch (error) {
    return { refused: `ERROR_${error.errorType ?? error.message}`, by: error.constructor.name };
  }
}

// How each kind of token is asked for, with a proxy and without.
async function tokens() {
  const site = { websiteURL: "https://site.example/", websiteKey: "0123456789abcdef" };
  const proxy = { proxyType: "http", proxyAddress: "198.51.100.7", proxyPort: 8080 };
  const said = {};
  for (const name of ["RecaptchaV2Request", "RecaptchaV2EnterpriseRequest", "HCaptchaRequest", "TurnstileRequest"]) {
    const ask = async (more) => ({ refused: (await client.CreateTask(new capmonster[name]({ ...site, ...more }))).errorCode });
    said[name] = { plain: await ask({}), proxied: await ask({ proxy }) };
  }
  return said;
}

async function main() {
  const balance = await attempt(() => client.getBalance());
  const request = new capmonster.ImageToTextRequest({ body: fs.readFileSync(picture).toString("base64") });
  const solve = await attempt(() => client.Solve(request));
  if (balance.value) balance.value = balance.value.balance;
  if (solve.value) solve.value = solve.value.solution.text;
  console.log(JSON.stringify({ balance, solve, tokens: await tokens() }));
}

main();
