// Looks at the pages of a server as people with other eyes and screens do: node axe.mjs http://127.0.0.1:8000 BROWSER
// On each page, light and dark, wide and as narrow as a small phone: axe finds nothing, nothing is wider than the screen, what a link
// leads to is not under the bar, and the browser has nothing to say.

import { existsSync } from "node:fs";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [address, program] = process.argv.slice(2);
const executablePath = process.env.PATH.split(":").map((folder) => `${folder}/${program}`).find(existsSync) ?? program;
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
const faults = [];

const OPERATION = "/docs#/Orders/placeOrder";
const PAGES = [OPERATION, "/docs/first-calls", "/docs/problems#out_of_stock"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Whether what a link leads to is on the screen, and below the bar if that stays.
function isShown(selector) {
  const bar = document.querySelector("header").getBoundingClientRect();
  const { top } = document.querySelector(selector).getBoundingClientRect();
  return top >= Math.max(bar.bottom, 0) && top < innerHeight;
}

for (const scheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    for (const path of PAGES) {
      const page = await browser.newPage();
      const tell = (fault) => faults.push(`${path}, ${scheme}, ${width} px: ${fault}`);
      page.on("console", (message) => ["error", "warn"].includes(message.type()) && tell(message.text()));
      page.on("pageerror", (error) => tell(error.message));
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 740 });
      await page.goto(address + path, { waitUntil: "load" });
      if (path.includes("#")) {
        const target = path === OPERATION ? "#operations-Orders-placeOrder" : ":target";
        await page.waitForSelector(target);
        // Swagger UI takes a moment to move there.
        await page.waitForFunction(isShown, { timeout: 5000 }, target).catch(() => tell("what the link leads to is not shown"));
      }
      // The one that the link opens has a body; the first one is opened as a visitor does it.
      if (path === OPERATION) {
        await page.evaluate(() => document.querySelector(".opblock-summary-control").click());
        await page.waitForFunction(() => document.querySelectorAll(".responses-table").length >= 2);
      }
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
      for (const { id, nodes } of violations) tell(`${id} (${nodes.length}): ${nodes[0].target.join(" ")}: ${nodes[0].failureSummary}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) tell(`${wide} px wider than the screen`);
      await page.close();
    }
  }
}
await browser.close();
for (const fault of faults) console.error(fault);
console.log(`${PAGES.length} pages, light and dark, wide and narrow: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
