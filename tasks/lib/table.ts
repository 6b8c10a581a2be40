import Table from "cli-table3";

/** Rows as a table. @param head undefined: none */
export function tableOf(head: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...(head ?? [])], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
