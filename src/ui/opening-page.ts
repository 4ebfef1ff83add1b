import { writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryPath } from '../store/temporary.ts';

export interface OpeningPage {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * A file that leads a browser to an address. All accounts of a machine see with which arguments programs are started, so that the address,
 * which has the token in it, is told to the browser by a file that only this account may read.
 * @param store its folder: browsers in a sandbox read a person's projects, and not the system's temporary folder
 */
export async function openingPage(store: string, address: string): Promise<OpeningPage> {
  const path = `${await temporaryPath(join(store, 'tmp'), 'page')}.html`;
  const html = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>pipeline</title>',
    `<meta http-equiv="refresh" content="0;url=${address}"></head>`,
    `<body><a href="${address}">pipeline ui</a></body></html>`,
    '',
  ];
  await writeFile(path, html.join('\n'), { mode: 0o600, flag: 'wx' });
  return {
    path,
    remove() {
      rmSync(path, { force: true });
    },
  };
}
