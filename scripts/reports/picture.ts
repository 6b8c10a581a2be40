import type { TopLevelSpec } from "vega-lite";

import { type Cell, type Report, writePicture, writeReport } from "./files";

/** A picture of a report: lines, points or bars over x, one colour a series. */
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
  /** Stacks add up the series: over a number as areas, or in steps if a value holds until the next; over names as bars. */
  mark?: "line" | "line and points" | "bars" | "stacked areas" | "stacked steps" | "stacked bars";
  logX?: boolean;
  logY?: boolean;
  /** A column of the report: a panel for each of its values, two in a row. */
  panels?: string;
  /** A y that must not be passed, as a dashed line. */
  limit?: number;
}

const WIDTH = 900; // pixels of the PNG

const SIZE = { width: 560, height: 300 };
const PANEL = { width: 250, height: 170 };

/** A dot or a bracket in a field's name would mean something else. */
const axis = (field: string) => ({ field: field.replaceAll(/[[\].]/g, "\\$&"), title: field });

function markOf(mark: Picture["mark"]): object {
  if (mark === "bars" || mark === "stacked bars") return { type: "bar" };
  if (mark === "stacked areas") return { type: "area" };
  if (mark === "stacked steps") return { type: "area", interpolate: "step-after" };
  return { type: "line", point: mark === "line and points" };
}

function layerOf({ x, y, series, mark, logX, logY }: Picture): object {
  const named = mark === "bars" || mark === "stacked bars";
  const stacked = mark?.startsWith("stacked");
  const scaleX = logX ? { type: "log" } : { zero: false, nice: !stacked };
  return {
    mark: markOf(mark),
    encoding: {
      x: named
        ? { ...axis(x), type: "nominal", sort: null, ...(stacked ? { axis: { labelAngle: -30 } } : {}) }
        : { ...axis(x), type: "quantitative", scale: scaleX },
      y: { ...axis(y), type: "quantitative", scale: { type: logY ? "log" : "linear" } },
      color: { ...axis(series), type: "nominal", sort: null, legend: { labelLimit: 260 } },
      ...(stacked ? { order: { field: ORDER } } : {}),
      ...(mark === "bars" ? { xOffset: { ...axis(series), type: "nominal", sort: null } } : {}),
    },
  };
}

/** In which order the series of a stack stand: that of their first rows. */
const ORDER = "order of series";

/** What a column has, each once, in the order of the rows. */
const distinct = ({ columns, rows }: Report, column: string): (Cell | undefined)[] => [
  ...new Set(rows.map((row) => row[columns.indexOf(column)])),
];

function valuesOf({ report, series }: Picture): object[] {
  const { columns, rows } = report;
  const order = distinct(report, series);
  return rows.map((row) => ({
    ...Object.fromEntries(columns.map((column, i) => [column, row[i]])),
    [ORDER]: order.indexOf(row[columns.indexOf(series)]),
  }));
}

function specOf(picture: Picture): TopLevelSpec {
  const { says, panels, limit, report } = picture;
  const rule = { mark: { type: "rule", strokeDash: [4, 4] }, encoding: { y: { datum: limit } } };
  const shown = limit === undefined ? layerOf(picture) : { layer: [layerOf(picture), rule] };
  const spec =
    panels === undefined
      ? { ...SIZE, ...shown }
      : {
          facet: { ...axis(panels), type: "nominal", sort: distinct(report, panels), title: null },
          columns: 2,
          spec: { ...PANEL, ...shown },
        };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: says, anchor: "start", fontSize: 12, limit: 1_000 },
    background: "white",
    data: { values: valuesOf(picture) },
    ...spec,
  } as TopLevelSpec;
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
