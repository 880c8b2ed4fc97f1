// node-capmonster: `HOST KEY PICTURE` in, one JSON line out. The address is the base of the client's own axios.

const { CapmonsterError, HCaptchaTask, ImageToTextTask, RecaptchaV2Task, TurnstileTask } = require("node-capmonster");

const [host, key, picture] = process.argv.slice(2);

// Each kind of task is a client of its own.
function at(client) {
  client.request.defaults.baseURL = `http://${host}`;
  return client;
}

const client = at(new ImageToTextTask(key));

// What the call gives, or the client's own error, whose message begins with the code.
async function attempt(call) {
  try {
    return { value: await call() };
  } catch (error) {
    return { refused: error.message, by: error instanceof CapmonsterError ? "CapmonsterError" : error.name };
  }
}

async function solve() {
  const task = client.task({ body: await client.prepareImageFromLocal(picture) });
  const taskId = await client.createWithTask(task);
  return (await client.joinTaskResult(taskId)).text;
}

// How each kind of token is asked for, with a proxy and without.
async function tokens() {
  const site = { websiteURL: "https://site.example/", websiteKey: "0123456789abcdef" };
  const said = {};
  for (const Task of [RecaptchaV2Task, HCaptchaTask, TurnstileTask]) {
    const asking = at(new Task(key));
    const plain = await attempt(() => asking.createWithTask({ ...site }));
    asking.setGlobalProxy({ proxyType: "http", proxyAddress: "198.51.100.7", proxyPort: 8080 });
    said[Task.name] = { plain, proxied: await attempt(() => asking.createWithTask({ ...site })) };
  }
  return said;
}

async function main() {
  const balance = await attempt(() => client.getBalance());
  console.log(JSON.stringify({ balance, solve: await attempt(solve), tokens: await tokens() }));
}

main();
