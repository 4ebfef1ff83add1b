/** docs/benchmarks.md: each benchmark writes its own part. */
import { readFile, writeFile } from 'node:fs/promises';

const document = 'docs/benchmarks.md';

/** @param name of the part: it stands between `<!-- name -->` and `<!-- /name -->` */
export async function writeSection(name: string, text: string): Promise<void> {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const before = await readFile(document, 'utf8');
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} lacks the markers ${start} … ${end}`);
  await writeFile(document, `${before.slice(0, from)}${start}\n\n${text}\n\n${before.slice(to)}`);
}
