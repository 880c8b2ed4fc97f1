// anticaptcha (npm): `HOST KEY PICTURE` in, one JSON line out. The address is the base of the client's own HTTP library.

const fs = require("node:fs");

const { AntiCaptcha } = require("anticaptcha");

const [host, key, picture] = process.argv.slice(2);

const client = new AntiCaptcha(key);
client.api.setBaseURL(`http://${host}`);

// What the call gives, or the error that this client throws: it has the code, and the description is its message.
async function attempt(call) {
  try {
    return { value: await call() };
  } catch (error) {
    return { refused: error.code ?? error.message, by: "code" in error ? "AntiCaptchaError" : error.name };
  }
}

async function solve() {
  const body = fs.readFileSync(picture).toString("base64");
  const task = { type: "ImageToTextTask", body, comment: "Type what you see", minLength: 4 };
  const taskId = await client.createTask(task);
  return (await client.getTaskResult(taskId, 60, 500)).solution.text;
}

async function main() {
  const balance = await attempt(() => client.getBalance());
  console.log(JSON.stringify({ balance, solve: await attempt(solve) }));
}

main();
