// Looks at the pages of a server that we write ourselves as people with other eyes and screens do: node axe.mjs http://127.0.0.1:8000 BROWSER
// On each page, light and dark, wide and as narrow as a small phone: axe finds nothing, nothing is wider than the screen, what a link
// leads to is not under the bar, and the browser has nothing to say.

import { existsSync } from "node:fs";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [address, program] = process.argv.slice(2);
const executablePath = process.env.PATH.split(":").map((folder) => `${folder}/${program}`).find(existsSync) ?? program;
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
const faults = [];

const PAGES = ["/docs/first-calls", "/docs/problems", "/docs/problems#out_of_stock"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

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
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
      for (const { id, nodes } of violations) tell(`${id} (${nodes.length}): ${nodes[0].target.join(" ")}: ${nodes[0].failureSummary}`);
      const [wide, hidden] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const [bar, target] = [document.querySelector("header"), document.querySelector(":target")];
        if (!target || getComputedStyle(bar).position !== "sticky") return [scrollWidth - clientWidth, 0];
        return [scrollWidth - clientWidth, bar.getBoundingClientRect().bottom - target.getBoundingClientRect().top];
      });
      if (wide > 0) tell(`${wide} px wider than the screen`);
      if (hidden > 0) tell(`what the link leads to is ${hidden} px under the bar`);
      await page.close();
    }
  }
}
await browser.close();
for (const fault of faults) console.error(fault);
console.log(`${PAGES.length} pages, light and dark, wide and narrow: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
