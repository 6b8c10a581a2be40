import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import { expect } from "chai";

const ROOT = join(__dirname, "../..");

/** Every page of the repository, those in packages and reports too. */
const PAGES = ["docs", "packages", "reports", "test"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .concat("README.md")
  .filter((path) => path.endsWith(".md") && !path.includes("node_modules"));

/** A page without the blocks in which nothing is a link or a heading. */
const read = (page: string): string => readFileSync(join(ROOT, page), "utf8").replace(/^```[^]*?^```/gm, "");

/** The anchors that headings have on GitHub: `## What "x" means` has `what-x-means`. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );

/** Why a link of a page leads nowhere; undefined if it leads somewhere. */
function wrongWith(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return `${page}: there is no ${target}`;
  if (anchor !== undefined && !anchorsOf(target).includes(anchor)) return `${page}: ${target} has no #${anchor}`;
  return undefined;
}

describe("Links in pages", () => {
  it("lead to files and headings that exist", () => {
    const links = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => ({ page, link })),
    ).filter(({ link }) => !/^https?:/.test(link));
    expect(links.length).to.be.greaterThan(200);
    expect(links.map(({ page, link }) => wrongWith(page, link)).filter((wrong) => wrong !== undefined)).to.deep.equal(
      [],
    );
  });
});
