// A company's sign-in: a certified OpenID Connect provider on loopback, with people who have groups.
// node openid_provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI; whoever signs in as "ada.operators" is in "operators".
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../published_clients/node/package.json", import.meta.url));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const [port, clientId, clientSecret, redirectUri] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], profile: ["name", "groups"] },
  conformIdTokenClaims: false, // groups are in the ID token, as companies' providers put them
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id.split(".")[0], groups: id.split(".").slice(1) }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
