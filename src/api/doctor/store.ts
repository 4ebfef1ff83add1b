import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { readProject } from '../../config/project.ts';
import type { Check } from '../../report/check.ts';

/** The project file, and whether the store's folder can be written to. */
export async function checkStore(cwd: string): Promise<readonly Check[]> {
  const { project, problems } = await readProject(cwd);
  const file = project?.file ?? 'no project file: defaults';
  const projectCheck: Check =
    problems.length === 0
      ? { name: 'project', status: 'ok', found: file }
      : {
          name: 'project',
          status: 'broken',
          found: problems.map(({ message }) => message).join('; '),
          remedy: `mend ${file}`,
        };
  return project === undefined ? [projectCheck] : [projectCheck, await checkWritable(project.store)];
}

async function checkWritable(store: string): Promise<Check> {
  try {
    await mkdir(store, { recursive: true });
    await rm(await mkdtemp(join(store, '.doctor-')), { recursive: true });
    const { bavail, bsize } = await statfs(store);
    return { name: 'store', status: 'ok', found: `${store}, ${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free` };
  } catch (error) {
    return {
      name: 'store',
      status: 'broken',
      found: `${store} cannot be written to: ${(error as Error).message}`,
      remedy: isErrno(error, 'EEXIST', 'ENOTDIR') ? `mv ${store} ${store}.old` : `chmod u+rwx ${store}`,
    };
  }
}
