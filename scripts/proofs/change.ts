/** Another text in a file, in memory. */
export interface Change {
  file: string;
  find: string;
  replace: string;
  /** Everywhere; else `find` must be there once. */
  everywhere?: boolean;
}

/** The file with a change that must fit. */
export function changed(source: string, { file, find, replace, everywhere }: Change): string {
  const found = source.split(find).length - 1;
  if (everywhere ? found < 1 : found !== 1)
    throw new Error(`${file}: expected ${JSON.stringify(find)} once, got it ${found} times`);
  return source.replaceAll(find, () => replace);
}
