/** Another text in a file, in memory. */
export interface Change {
  file: string;
  find: string;
  replace: string;
}

/** The file with a change that must fit once. */
export function changed(source: string, { file, find, replace }: Change): string {
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`${file}: expected ${JSON.stringify(find)} once, got it ${found} times`);
  return source.replace(find, () => replace);
}
