// The demo backend, a daemon that watches it, and a browser that looks at the daemon's pages.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const source = join(here, "..", "..");
const binaries = process.env.SONDE_BINARY_DIR ?? join(source, "build", "dev");
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// Calls `get` until what it returns is true; the error is its last one.
export async function until(get, what, limit = 30000) {
  const end = Date.now() + limit;
  let last;
  for (;;) {
    try {
      const value = await get();
      if (value) return value;
    } catch (error) { last = error; }
    if (Date.now() > end) throw new Error(`${what} did not come` + (last ? `: ${last.message}` : ""));
    await new Promise((done) => setTimeout(done, 50));
  }
}

export class World {
  children = [];
  folder = mkdtempSync(join(tmpdir(), "sonde-page-"));

  start(program, args) {
    const child = spawn(join(binaries, program), args, { stdio: ["ignore", "ignore", "pipe"] });
    child.said = "";
    child.stderr.on("data", (data) => { child.said = (child.said + data).slice(-20000); });
    this.children.push(child);
    return child;
  }

  async backend() {
    const port = await freePort();
    this.start("sonde-demo", ["--listen", `127.0.0.1:${port}`]);
    this.demo = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(this.demo + "/api/health")).ok, "the demo");
  }

  // The file of deploy/quickstart, with runs every second.
  quickstart(more = "") {
    for (const name of ["alice.pw", "bob.pw"])
      writeFileSync(join(this.folder, name), readFileSync(join(source, "deploy/demo", name)), { mode: 0o600 });
    return readFileSync(join(source, "deploy/demo/quickstart.yaml"), "utf8")
      .replaceAll("127.0.0.1:8080", new URL(this.demo).host)
      .replaceAll(/deploy\/demo\/([a-z]+\.pw)/g, (_, name) => join(this.folder, name))
      .replace("build/quickstart/store", join(this.folder, "store"))
      .replace("every: 5s", "every: 1s") + more;
  }

  write(yaml) { writeFileSync(join(this.folder, "sonde.yaml"), yaml); }

  async daemon(yaml, ...flags) {
    this.write(yaml);
    const port = await freePort();
    const child = this.start("sonde", ["serve", `--config.file=${join(this.folder, "sonde.yaml")}`,
      `--web.listen-address=127.0.0.1:${port}`, "--web.enable-lifecycle", ...flags]);
    this.url = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(child.said);
      return (await fetch(this.url + "/-/ready")).ok;
    }, "the daemon");
  }

  async fault(name, on = true) {
    const answer = await fetch(`${this.demo}/faults/${name}`, { method: on ? "PUT" : "DELETE" });
    if (!answer.ok) throw new Error(`fault ${name}: ${answer.status}`);
  }

  // What each check says, by probe.
  async states() {
    const { data } = await (await fetch(this.url + "/api/v1/probes")).json();
    return data;
  }

  async stop() {
    for (const child of this.children.reverse()) {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

// A page that fails the test at an error of a script, a violation of the policy, or a request to
// another origin.
export async function open(chrome, url, options = {}) {
  const context = await chrome.newContext(options);
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (error) => page.wrong.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") page.wrong.push(message.text()); });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) page.wrong.push("asked " + request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  return page;
}

// What axe-core finds serious or critical.
export async function axe(page) {
  const source = readFileSync(axePath, "utf8");
  // The policy of the page forbids scripts from elsewhere; the protocol of the debugger does not ask it.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" | ")}`);
}
