import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const ROOT = join(__dirname, "../..");
const CONTRACTS = join(ROOT, "contracts");
/** Stand-ins are for tests. */
const OUT_OF_SCOPE = /^mocks/;

interface File {
  name: string;
  /** Lines with code. */
  code: number;
  /** Lines with nothing but a comment. */
  comments: number;
  role: string;
}

/** Counts a source's lines; a line with both is code. */
function count(text: string): { code: number; comments: number } {
  const withoutBlocks = text.replaceAll(/\/\*[^]*?\*\//g, (block) => block.replaceAll(/[^\n]+/g, "//"));
  const lines = withoutBlocks.split("\n").map((line) => line.trim());
  const comments = lines.filter((line) => line.startsWith("//")).length;
  return { code: lines.filter((line) => line !== "" && !line.startsWith("//")).length, comments };
}

/** What the comment before the file's own contract says first, or its title. */
function roleOf(text: string, name: string): string {
  const [, header = ""] = new RegExp(`((?:^///.*\\n)+)^(?:abstract contract|contract|library|interface) ${name}\\b`, "m").exec(text) ?? [];
  const [, notice] = /@notice ([^]*?)(?:\n\/\/\/ @|\n\/\/\/\s*\n|\n$)/.exec(header) ?? [];
  const [, title] = /@title (.*)/.exec(header) ?? [];
  const words = (notice ?? title ?? "").replaceAll(/\n\/\/\/\s?/g, " ").trim();
  const [sentence = ""] = words.split(/(?<=\w\)?[.:]) (?=[A-Z])/);
  return /^See \{\w+\}/.test(words) ? "implements its interface" : sentence.replace(/[.:]$/, "").replaceAll(/[{}]/g, "`");
}

function filesIn(folder: string): File[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".sol") && !OUT_OF_SCOPE.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return { name, ...count(text), role: roleOf(text, basename(name, ".sol")) };
    });
}

const files = filesIn(CONTRACTS);
const sum = (key: "code" | "comments"): number => files.reduce((total, file) => total + file[key], 0);
const rows = files.map(
  ({ name, code, comments, role }) => `| [${name}](../contracts/${name}) | ${code} | ${comments} | ${role} |`,
);

writeFileSync(
  join(ROOT, "docs/audit-scope.md"),
  `# Audit scope

Redrawn by \`npm run snapshot\`. Lines with code, and lines of comments; \`contracts/mocks\` is for tests and out of scope.

| file | code | comments | what it is |
| --- | ---: | ---: | --- |
${rows.join("\n")}
| all ${files.length} | ${sum("code")} | ${sum("comments")} | |
`,
);
