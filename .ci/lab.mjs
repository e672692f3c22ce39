// node .ci/lab.mjs BIN PROJECT OUT NAME...: Chromium opens JupyterLab (BIN: the programs of its environment) in PROJECT, runs
// copies of its notebooks NAME with Run All, and hovers over their plotly figures. The saved copies go into OUT and screenshots
// of a wide and a narrow window into OUT/shots; a line a fault, exit 1. NIDSLAB_CHROMIUM: a Chromium instead of the PATH's.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { startLab } from "./labServer.mjs";

// Milliseconds, on a busy machine.
const slow = { page: 120_000, notebook: 400_000 };
const indicator = ".jp-Notebook-ExecutionIndicator";
const windows = { wide: { width: 1400, height: 1200 }, narrow: { width: 720, height: 1200 } };

const [, , ...given] = process.argv;
if (given.length < 4) {
  console.error("lab: usage: node .ci/lab.mjs BIN PROJECT OUT NAME...");
  process.exit(1);
}
const [bin, project, out] = given.slice(0, 3).map((path) => resolve(path));
const notebooks = given.slice(3);
const shots = join(out, "shots");
const faults = [];
const fault = (text) => {
  faults.push(text);
  console.error(`lab: ${text}`);
};

// Beside notebooks/, so that the copies' `../dist/index.js` is the project's.
const work = mkdtempSync(join(project, "lab-"));
const folder = basename(work);
let server;
process.once("exit", () => {
  server?.kill();
  rmSync(work, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

try {
  mkdirSync(shots, { recursive: true });
  server = await startLab(bin, project);
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  for (const name of notebooks) {
    await tryNotebook(browser, server, name).catch((error) => fault(`${name}: ${firstLine(error)}`));
  }
  await browser.close();
} catch (error) {
  fault(firstLine(error));
}
await server?.stop();
process.exit(faults.length === 0 ? 0 : 1);

function chromiumPath() {
  if (process.env.NIDSLAB_CHROMIUM) return process.env.NIDSLAB_CHROMIUM;
  try {
    return execFileSync("/bin/sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  } catch {
    throw new Error("no chromium on the PATH: install it, or set NIDSLAB_CHROMIUM");
  }
}

async function tryNotebook(browser, { address, token }, name) {
  const path = join(work, `${name}.ipynb`);
  const source = join(project, "notebooks", `${name}.ipynb`);
  if (!existsSync(source)) throw new Error(`${source} is not there`);
  copyFileSync(source, path);
  const context = await browser.newContext({ viewport: windows.wide });
  context.setDefaultTimeout(slow.page);
  await context.route(
    ({ hostname, protocol }) => protocol.startsWith("http") && hostname !== "127.0.0.1",
    (route) => {
      fault(`${name}: the page asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on("pageerror", (error) => fault(`${name}: in the page: ${firstLine(error)}`));
  try {
    await page.goto(`${address}/lab/workspaces/${name}/tree/${folder}/${name}.ipynb?token=${token}`);
    await kernelReady(address, token, name);
    await runAll(page);
    await save(page);
    copyFileSync(path, join(out, `${name}.ipynb`));
    const before = faults.length;
    const interactive = checkCells(name, path);
    if (faults.length === before) await hoverFigures(page, name, interactive);
    await page.keyboard.press("Control+B"); // the file browser goes
    for (const [width, size] of Object.entries(windows)) await photograph(page, size, `${name}-${width}`);
  } catch (error) {
    await page.screenshot({ path: join(shots, `${name}-fault.png`) }).catch(() => {});
    throw new Error(`${firstLine(error)}${await dialogText(page)} (${name}-fault.png shows the page)`);
  } finally {
    await context.close();
  }
}

/** The page says "idle" also before there is a kernel, and Run All then asks which one to take: the server knows. */
async function kernelReady(address, token, name) {
  for (let waited = 0; waited < slow.page; waited += 500) {
    const sessions = await (await fetch(`${address}/api/sessions?token=${token}`)).json();
    if (
      sessions.some(({ path, kernel }) => path.endsWith(`${name}.ipynb`) && kernel.execution_state === "idle")
    )
      return;
    await sleep(500);
  }
  throw new Error(`its kernel is not ready after ${slow.page / 1000} s`);
}

/** Run All, and wait until the last cell that will run has. */
async function runAll(page) {
  await inTime(
    "the page does not see its kernel",
    page.waitForSelector(`${indicator}[data-status=idle]`),
    slow.page,
  );
  await choose(page, "Run", "Run All Cells");
  const begun = () =>
    [...document.querySelectorAll(".jp-InputPrompt")].some((each) => /\[[*\d]/.test(each.textContent));
  await inTime("Run All started no cell", page.waitForFunction(begun), slow.page);
  const over = (at) =>
    document.querySelector(at)?.dataset.status === "idle" &&
    ![...document.querySelectorAll(".jp-InputPrompt")].some((each) => each.textContent.includes("[*]"));
  const options = { timeout: slow.notebook, polling: 500 };
  await inTime("its cells have not ended", page.waitForFunction(over, indicator, options), slow.notebook);
}

async function save(page) {
  await choose(page, "File", "Save Notebook");
  const dirty = page.locator(".lm-DockPanel-tabBar .jp-mod-current.jp-mod-dirty");
  await inTime("it was not saved", dirty.waitFor({ state: "detached" }), slow.page);
}

/** A menu's entry, as a hand chooses it. */
async function choose(page, menu, entry) {
  await page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${menu}$`) }).click();
  await page
    .locator(".lm-Menu-item", { hasText: new RegExp(`^${entry}`) })
    .first()
    .click();
}

/** @throws Error that says what did not come, for one that only says that time is over */
async function inTime(fault, waiting, ms) {
  await waiting.catch((error) => {
    throw error.name === "TimeoutError" ? new Error(`${fault} after ${ms / 1000} s`) : error;
  });
}

/** What JupyterLab asks meanwhile, such as which kernel to take. */
async function dialogText(page) {
  const text = await page
    .locator(".jp-Dialog")
    .first()
    .textContent({ timeout: 1000 })
    .catch(() => null);
  return text === null ? "" : `; a dialog says "${text.trim()}"`;
}

/** The notebook from top to bottom, a picture a window. */
async function photograph(page, size, name) {
  await page.setViewportSize(size);
  await sleep(1000); // plotly draws anew
  const view = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer");
  const { length, height } = await view.evaluate((element) => ({
    length: element.scrollHeight,
    height: element.clientHeight,
  }));
  // The last screen of the page is empty room, so that a last cell can stand at the top.
  for (let top = 0, i = 1; top === 0 || top < length - height; top += height, i++) {
    await view.evaluate((element, to) => element.scrollTo(0, to), top);
    await sleep(300);
    await page.screenshot({ path: join(shots, `${name}-${String(i).padStart(2, "0")}.png`) });
  }
}

/**
 * Every cell has run and shows no error.
 * @returns how many plots to hover over its cells ask for
 */
function checkCells(name, path) {
  const code = JSON.parse(readFileSync(path, "utf8")).cells.filter((cell) => cell.cell_type === "code");
  code.forEach(({ outputs, execution_count: count }, i) => {
    const cell = `${name}: code cell ${i + 1} of ${code.length}`;
    if (count === null) fault(`${cell} did not run`);
    for (const output of outputs) {
      if (output.output_type === "error") fault(`${cell}: ${output.ename}: ${output.evalue}`);
      if (output.name === "stderr") fault(`${cell}: ${errorLine([output.text].flat().join(""))}`);
    }
  });
  return code.filter(({ source }) => /interactive: true/.test([source].flat().join(""))).length;
}

/** Of a stack its message, else the first line. */
function errorLine(text) {
  const lines = text.trim().split("\n");
  return lines.find((line) => /^[A-Za-z]*Error\b/.test(line)) ?? lines[0];
}

/** Each plot shows a label under the mouse, somewhere. */
async function hoverFigures(page, name, expected) {
  const plots = page.locator(".jp-NotebookPanel .js-plotly-plot");
  if (expected > 0) await inTime("no plotly figure is drawn", plots.nth(expected - 1).waitFor(), slow.page);
  const count = await plots.count();
  if (count !== expected || count === 0)
    fault(`${name}: ${count} plotly figures for ${expected} interactive ones`);
  for (let i = 0; i < count; i++) {
    const plot = plots.nth(i);
    await plot.scrollIntoViewIfNeeded();
    const label = await hover(page, plot);
    if (label === undefined) fault(`${name}: plotly figure ${i + 1} shows no label under the mouse`);
    else console.log(`${name}: plotly figure ${i + 1}: the label is "${label}"`);
    await page.screenshot({ path: join(shots, `${name}-hover-${i + 1}.png`) });
  }
}

/** @returns the texts of the first labels met on a grid over the plot */
async function hover(page, plot) {
  const area = await plot.locator(".nsewdrag").first().boundingBox();
  const label = plot.locator(".hoverlayer .hovertext");
  const steps = 12;
  for (let row = 1; row < steps; row++) {
    for (let column = 1; column < steps; column++) {
      await page.mouse.move(area.x + (area.width * column) / steps, area.y + (area.height * row) / steps);
      await sleep(100); // plotly looks under the mouse every 50 ms
      if ((await label.count()) === 0 || !(await label.first().isVisible())) continue;
      const lines = await label
        .locator(".nums, .name")
        .evaluateAll((texts) =>
          texts.map(
            (text) =>
              [...text.querySelectorAll("tspan.line")].map((line) => line.textContent).join("; ") ||
              text.textContent,
          ),
        );
      const text = lines.filter((line) => line !== "").join(" | ");
      if (text !== "") return text;
    }
  }
  return undefined;
}

function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}
