import chromium from "@sparticuz/chromium";
import { expect } from "chai";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium as playwright } from "playwright-core";
import { build } from "vite";
import type { Told } from "./page/main.js";

const PAGE = fileURLToPath(new URL("page/", import.meta.url));
const SYSTEM_CHROMIUM = "/usr/bin/chromium";
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Serves a folder on a free port of this machine. */
async function serve(folder: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const name = request.url === "/" ? "/index.html" : (request.url ?? "");
    readFile(path.join(folder, path.normalize(name))).then(
      (content) => response.setHeader("content-type", TYPES[path.extname(name)] ?? "text/plain").end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

describe("a page bundled by Vite, in a headless Chromium", () => {
  let folder: string;
  let bundle: string;
  let server: Server;
  let url: string;
  let browser: BrowserContext;
  const requests: string[] = [];
  const complaints: string[] = [];
  let told: Told;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "umbral-browser-"));
    bundle = path.join(folder, "site");
    await build({ root: PAGE, configFile: false, logLevel: "error", build: { outDir: bundle, emptyOutDir: true } });
    ({ server, url } = await serve(bundle));
    browser = await playwright.launchPersistentContext(path.join(folder, "profile"), {
      executablePath: existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : await chromium.executablePath(),
      args: FLAGS,
    });
    const page = await browser.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    told = await page.evaluate<Told>("story()");
  });

  after(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("runs on noble", () => {
    expect(told.backend).to.equal("noble");
  });

  it("holds nothing of Node or of the native backend", async () => {
    const scripts = (await readdir(path.join(bundle, "assets"))).filter((name) => name.endsWith(".js"));
    expect(scripts).to.have.length(1);
    for (const name of scripts) {
      const text = await readFile(path.join(bundle, "assets", name), "utf8");
      expect(text).to.include("CAPSULE_POINTS");
      for (const foreign of [
        "node:",
        "createRequire",
        "secp256k1/bindings",
        "UMBRAL_BACKEND",
        "elliptic",
        "__vite-browser-external",
      ]) {
        expect(text).not.to.include(foreign);
      }
    }
  });

  it("shares a message from encryption to reading, and refuses what it must", () => {
    expect(told).to.include({ ownerReads: true, readerReads: true });
    expect(told).to.include({ oneFragment: "FRAGMENTS_MISMATCH", changedBit: "DECRYPTION_FAILED" });
  });

  it("shares a stream between web streams, and refuses what it must", () => {
    expect(told).to.include({ streamLength: 44 + 300_000 + 5 * 20, streamReads: true });
    expect(told).to.include({ streamCutOff: "STREAM_TRUNCATED", streamExtended: "STREAM_EXTENDED" });
  });

  it("asks nobody else for anything and complains of nothing", () => {
    expect(requests).to.have.length.of.at.least(2);
    for (const request of requests) expect(request.startsWith(url), request).to.equal(true);
    expect(complaints).to.deep.equal([]);
  });
});
