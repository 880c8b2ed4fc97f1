// A statement is told in the reader's own time zone: the browser names it once, and the server remembers it.

const page = document.getElementById("main");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (page.dataset.timeZone === "usual" && zone && zone !== "UTC") {
  const here = new URL(location.href);
  here.searchParams.set("tz", zone);
  location.replace(here);
}
