// What somebody dropped or picked, as uploads: pictures together as one, every archive, table or JSON lines file by itself.

const FORMS = { zip: "application/zip", csv: "text/csv", tsv: "text/tab-separated-values", jsonl: "application/jsonl", ndjson: "application/jsonl" };
const PICTURE = /\.(png|jpe?g|gif)$/i;

/** All files of a drop, folders read to their ends, as [path, File] in the order of their paths. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** All files of an input, with their paths where a folder was picked. */
export const picked = (input) => [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);

async function walk(entry, found) {
  if (entry.isFile) {
    found.push([entry.fullPath.replace(/^\//, ""), await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A folder is read in portions; an empty one is its end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, found);
  }
}

/** Uploads: {name, key, type, files: [path, File][]}; `type` empty: pictures, which go as a form. */
export function uploadsOf(files) {
  const pictures = files.filter(([path]) => PICTURE.test(path)).sort(([a], [b]) => (a < b ? -1 : 1));
  const uploads = files
    .filter(([path]) => FORMS[ending(path)])
    .map(([path, file]) => ({ name: path, type: FORMS[ending(path)], files: [[path, file]] }));
  if (pictures.length) uploads.unshift({ name: nameOf(pictures), type: "", files: pictures });
  return uploads.map((upload) => ({ ...upload, key: keyOf(upload) }));
}

const ending = (path) => path.toLowerCase().split(".").pop();

function nameOf(pictures) {
  const [first] = pictures[0];
  return first.includes("/") ? first.split("/")[0] : pictures.length === 1 ? first : `${first} …`;
}

/** The same files have the same key, today and after a reload: that is how an upload goes on where it was cut. */
function keyOf({ name, files }) {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const sign of files.map(([path, file]) => `${path}\n${file.size}\n${file.lastModified}\n`).join("")) {
    low = Math.imul(low ^ sign.codePointAt(0), 0x01000193) >>> 0;
    high = Math.imul(high + sign.codePointAt(0), 0x85ebca6b) >>> 0;
  }
  const plain = name.normalize("NFKD").replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 60);
  return `${plain}-${low.toString(16)}${high.toString(16)}`;
}
