import type { TopLevelSpec } from "vega-lite";

import { type Report, writePicture, writeReport } from "./files";

/** A picture of a report: lines or points over x, one colour a series. */
export interface Picture {
  /** Of its files in reports/. */
  name: string;
  /** One line that says what it shows. */
  says: string;
  report: Report;
  /** Columns of the report. */
  x: string;
  y: string;
  series: string;
  mark?: "line" | "line and points" | "bars";
  logX?: boolean;
  logY?: boolean;
}

const WIDTH = 900; // pixels of the PNG

function specOf({ says, report, x, y, series, mark, logX, logY }: Picture): TopLevelSpec {
  const values = report.rows.map((row) => Object.fromEntries(report.columns.map((column, i) => [column, row[i]])));
  const title = { text: says, anchor: "start" as const, fontSize: 12, limit: 1_000 };
  // A dot or a bracket in a field's name would mean something else.
  const axis = (field: string) => ({ field: field.replaceAll(/[[\].]/g, "\\$&"), title: field });
  const bars = mark === "bars";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title,
    width: 560,
    height: 300,
    background: "white",
    data: { values },
    mark: bars ? { type: "bar" } : { type: "line", point: mark === "line and points" },
    encoding: {
      x: bars
        ? { ...axis(x), type: "nominal", sort: null }
        : { ...axis(x), type: "quantitative", scale: logX ? { type: "log" } : { zero: false } },
      y: { ...axis(y), type: "quantitative", scale: { type: logY ? "log" : "linear" } },
      color: { ...axis(series), type: "nominal", sort: null, legend: { labelLimit: 260 } },
      ...(bars ? { xOffset: { ...axis(series), type: "nominal" as const, sort: null } } : {}),
    },
  };
}

/**
 * Draws a picture as SVG and PNG, with its numbers as CSV beside it. The PNG comes from @resvg/resvg-js (MPL-2.0, a tool
 * only: nothing of it is shipped), for readers that show no SVG.
 */
export async function draw(picture: Picture): Promise<void> {
  // Imported when they are used: the first two are modules that can't be required.
  const [{ parse, View }, { compile }, { Resvg }] = await Promise.all([
    import("vega"),
    import("vega-lite"),
    import("@resvg/resvg-js"),
  ]);
  const svg = await new View(parse(compile(specOf(picture)).spec), { renderer: "none" }).toSVG();
  const png = new Resvg(svg, { fitTo: { mode: "width", value: WIDTH }, font: { loadSystemFonts: true } }).render().asPng();
  writeReport(picture.name, picture.report);
  writePicture(picture.name, svg, png);
}
