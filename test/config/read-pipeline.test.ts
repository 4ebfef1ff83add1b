import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/config/read-pipeline.ts';
import { lineColumn } from '../../src/diagnostics/position.ts';
import { checkPipeline } from '../../src/graph/check.ts';
import { allProblems, inFolder, read, rendered, types } from './read-rig.ts';

const pipelines = join(import.meta.dirname, '../../pipelines');

test.each((await readdir(pipelines)).filter((name) => name.endsWith('.yaml')))(
  'pipelines/%s is valid',
  async (file) => {
    expect(rendered(await allProblems({ file, cwd: pipelines, types }))).toBe('');
  },
);

describe('a file that cannot be read', () => {
  async function message(file: string, prepare: (folder: string) => Promise<unknown>): Promise<string> {
    return inFolder({}, async (cwd) => {
      await prepare(cwd);
      const { problems, spec } = await readPipeline({ file, cwd, types });
      expect(spec).toBeUndefined();
      return problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n');
    });
  }

  test('is missing', async () => {
    expect(await message('p.yaml', () => Promise.resolve())).toBe('file-missing: p.yaml does not exist');
    expect(await message('no/p.yaml', () => Promise.resolve())).toBe('file-missing: no/p.yaml does not exist');
  });

  test('is a folder', async () => {
    expect(await message('p.yaml', (folder) => mkdir(join(folder, 'p.yaml')))).toBe(
      'file-unreadable: p.yaml is a folder, not a file',
    );
  });

  test('is empty, or blank', async () => {
    expect(await message('p.yaml', (folder) => writeFile(join(folder, 'p.yaml'), ''))).toBe(
      'empty-file: p.yaml is empty',
    );
    expect(await message('p.yaml', (folder) => writeFile(join(folder, 'p.yaml'), '\uFEFF \n'))).toBe(
      'empty-file: p.yaml is empty',
    );
  });

  test('is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('version: 1\nname: '), Buffer.from([0xe9, 0x0a])]);
    expect(await message('p.yaml', (folder) => writeFile(join(folder, 'p.yaml'), bytes))).toBe(
      'not-utf8: p.yaml is not UTF-8: line 2 holds the byte 0xe9',
    );
    const utf16 = Buffer.from('\uFEFFversion: 1', 'utf16le');
    expect(await message('p.yaml', (folder) => writeFile(join(folder, 'p.yaml'), utf16))).toBe(
      'not-utf8: p.yaml is UTF-16, and must be UTF-8',
    );
  });

  test('is too large', async () => {
    const make = async (folder: string) => {
      await writeFile(join(folder, 'p.yaml'), '');
      await truncate(join(folder, 'p.yaml'), 17 * 1024 * 1024);
    };
    expect(await message('p.yaml', make)).toBe('file-too-large: p.yaml has 17.0 MiB, and a definition may have 16 MiB');
  });

  test('is a link to itself', async () => {
    expect(await message('p.yaml', (folder) => symlink('p.yaml', join(folder, 'p.yaml')))).toBe(
      'file-unreadable: p.yaml is a symbolic link that leads back to itself',
    );
  });

  test('is a named pipe that nobody writes into', async () => {
    const make = (folder: string) => promisify(execFile)('mkfifo', [join(folder, 'p.yaml')]);
    expect(await message('p.yaml', make)).toBe('file-unreadable: p.yaml is not a regular file');
  });

  // Root may read everything.
  (process.getuid?.() === 0 ? test.skip : test)('may not be read', async () => {
    const make = async (folder: string) => {
      await writeFile(join(folder, 'p.yaml'), 'version: 1');
      await chmod(join(folder, 'p.yaml'), 0);
    };
    expect(await message('p.yaml', make)).toBe('file-unreadable: p.yaml may not be read: permission denied');
  });

  test('holds comments only', async () => {
    expect(await message('p.yaml', (folder) => writeFile(join(folder, 'p.yaml'), '# nothing\n'))).toBe(
      'wrong-type: a pipeline is a mapping that begins with "version: 1", and this is not a mapping',
    );
  });
});

const text = `version: 1
name: fixture
params:
  seed: 7
  epochs: 3
  model:
    - flatten
    - dense: 10
  size: [3, 5]
  name: "quo\\"ted"
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    description: \${params.epochs} epochs of \${params.name}, $\${params.epochs} is literal
    with:
      model: \${params.model}
      epochs: \${params.epochs}
gates:
  train-teacher.validation.accuracy: ">= 0.5"
`;

describe('a pipeline', () => {
  test('is read with its parameters filled in and its defaults', async () => {
    const { spec, problems } = await read(text);
    expect(rendered(problems)).toBe('');
    expect(spec).toMatchObject({ name: 'fixture', backend: 'wasm', params: { seed: 7, epochs: 3 } });
    const [, teacher] = spec?.stages ?? [];
    expect(teacher).toMatchObject({ id: 'train-teacher', options: { epochs: 3, batchSize: 64, seed: 7 } });
    expect(teacher?.faulty).toBeUndefined();
    expect(spec?.gates).toMatchObject([
      { stage: 'train-teacher', path: ['validation', 'accuracy'], operator: '>=', bound: 0.5 },
    ]);
  });

  test('means the same with a byte order mark, Windows line breaks, other key order, and comments', async () => {
    const plain = await read(text);
    const others = [
      `\uFEFF${text}`,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', ' # why\n'),
      JSON.stringify(toJson()),
    ];
    for (const other of others) {
      const { spec, problems } = await read(other);
      expect(rendered(problems)).toBe('');
      expect(spec?.stages.map((stage) => stage.options)).toEqual(plain.spec?.stages.map((stage) => stage.options));
    }
  });

  test('takes its seed from the stage, else the parameters, else 0', async () => {
    const seedOf = async (edited: string) => (await read(edited)).spec?.stages[1]?.options['seed'];
    expect(await seedOf(text.replace('      epochs: ${', '      seed: 9\n      epochs: ${'))).toBe(9);
    expect(await seedOf(text)).toBe(7);
    expect(await seedOf(text.replace('  seed: 7\n', ''))).toBe(0);
  });

  test('is the same whether a default is written or not', async () => {
    const written = text.replace('      epochs: ${', '      batchSize: 64\n      optimizer: adam\n      epochs: ${');
    const [plain, longer] = [await read(text), await read(written)];
    expect(longer.spec?.stages[1]?.options).toEqual(plain.spec?.stages[1]?.options);
  });

  test('merges with <<, own keys first', async () => {
    const merged = `version: 1
name: merge
stages:
  load-data: { type: load-data, with: { dataset: mnist-10k } }
  a:
    type: train-student
    needs: { data: load-data }
    with: &student
      model: [flatten, { dense: 10 }]
      epochs: 9
      batchSize: 32
  b:
    type: train-student
    needs: { data: load-data }
    with:
      <<: [{ batchSize: 16 }, *student]
      epochs: 2
`;
    const { spec, problems } = await read(merged);
    expect(rendered(problems)).toBe('');
    expect(spec?.stages[2]?.options).toMatchObject({
      epochs: 2,
      batchSize: 16,
      model: spec?.stages[1]?.options['model'],
    });
  });

  test('keeps stages with problems as faulty ones, and the others whole', async () => {
    const { spec } = await read(text.replace('dataset: mnist-10k', 'dataset: nothing'));
    expect(spec?.stages.map(({ id, faulty }) => [id, faulty])).toEqual([
      ['load-data', true],
      ['train-teacher', undefined],
    ]);
  });

  test('takes its backend from the command line, the file, the project file, in this order', async () => {
    const project = { 'pipeline.config.yaml': 'backend: auto\n' };
    const backendOf = (pipeline: string, backend?: string) =>
      inFolder({ ...project, 'p.yaml': pipeline }, async (cwd) => {
        const { spec } = await readPipeline({
          file: 'p.yaml',
          cwd,
          types,
          ...(backend === undefined ? {} : { backend }),
        });
        return spec?.backend;
      });
    expect(await backendOf(text)).toBe('auto');
    expect(await backendOf(`backend: native\n${text}`)).toBe('native');
    expect(await backendOf(`backend: native\n${text}`, 'wasm')).toBe('wasm');
    const { problems } = await read(text, { backend: 'gpu' });
    expect(problems.map((problem) => problem.code)).toEqual(['bad-flag']);
  });
});

describe('parameters from outside', () => {
  const optionsWith = async (set: readonly string[], more = {}) => {
    const { spec, problems } = await read(text, { set, ...more });
    expect(rendered(problems)).toBe('');
    return spec;
  };

  test('--set is typed as YAML, and the last one wins', async () => {
    expect((await optionsWith(['epochs=4', 'epochs=5']))?.stages[1]?.options['epochs']).toBe(5);
    expect((await optionsWith(['model=[flatten, {dense: 12}]']))?.params['model']).toEqual(['flatten', { dense: 12 }]);
    expect((await optionsWith(['name="5"']))?.params['name']).toBe('5');
    expect((await optionsWith(['name=a=b']))?.params['name']).toBe('a=b');
    expect((await optionsWith(['size=']))?.params['size']).toBeNull();
    expect((await optionsWith(['name=$${x}']))?.params['name']).toBe('${x}');
  });

  test('--set reaches into mappings, and sets the seed of a pipeline that has none', async () => {
    const nested = text
      .replace('  epochs: 3\n', '  epochs: 3\n  a: { b: { c: 1, d: 2 } }\n')
      .replace('  seed: 7\n', '');
    const { spec, problems } = await read(nested, { set: ['a.b.c=9', 'seed=5'] });
    expect(rendered(problems)).toBe('');
    expect(spec?.params['a']).toEqual({ b: { c: 9, d: 2 } });
    expect(spec?.stages[1]?.options['seed']).toBe(5);
  });

  test('params files come before --set, YAML or JSON, mappings member by member', async () => {
    const files = {
      'p.yaml': text.replace('  epochs: 3\n', '  epochs: 3\n  a: { b: 1, c: 2 }\n'),
      'one.yaml': 'epochs: 10\na: { b: 5 }\n',
      'two.json': '{ "epochs": 11 }',
    };
    await inFolder(files, async (cwd) => {
      const paramsFiles = ['one.yaml', 'two.json'];
      const first = await readPipeline({ file: 'p.yaml', cwd, types, paramsFiles });
      expect(first.spec?.params).toMatchObject({ epochs: 11, a: { b: 5, c: 2 } });
      const second = await readPipeline({ file: 'p.yaml', cwd, types, paramsFiles, set: ['epochs=12'] });
      expect(second.spec?.params).toMatchObject({ epochs: 12, a: { b: 5, c: 2 } });
    });
  });
});

describe('the place of a value', () => {
  async function place(pointer: string, part?: 'key' | 'value', set: readonly string[] = []) {
    const { spec } = await read(text, { set });
    const range = spec?.stages[1]?.locate(pointer, part);
    const show = (at: typeof range) =>
      at === undefined
        ? undefined
        : `${lineColumn(at.source, at.start).line} ${at.source.text.slice(at.start, at.end)}`;
    return [show(range), show(range?.writtenAt)];
  }

  test('is where it is written', async () => {
    expect(await place('/type')).toEqual(['16 train-teacher', undefined]);
    expect(await place('/type', 'key')).toEqual(['16 type', undefined]);
    expect(await place('/needs/data')).toEqual(['17 load-data', undefined]);
    expect(await place('')).toEqual([expect.stringMatching(/^16 type/), undefined]);
    expect(await place('', 'key')).toEqual(['15 train-teacher', undefined]);
  });

  test('of a parameter is its use, and where it comes from', async () => {
    expect(await place('/with/epochs')).toEqual(['21 ${params.epochs}', '5 3']);
    expect(await place('/with/model/1/dense')).toEqual(['20 ${params.model}', '8 10']);
    expect(await place('/with/model/1/dense', 'key')).toEqual(['20 ${params.model}', '8 dense']);
    expect(await place('/with/epochs', 'value', ['epochs=12'])).toEqual(['21 ${params.epochs}', '1 12']);
    expect(await place('/description')).toEqual([expect.stringMatching(/^18 /), '5 3']);
  });

  test('of a default is the nearest key around it', async () => {
    expect(await place('/with/batchSize')).toEqual(['19 with', undefined]);
    expect(await place('/with/model/1/dense/units')).toEqual(['20 ${params.model}', '8 10']);
  });

  test('of the seed is the parameter, if that gives it', async () => {
    expect(await place('/with/seed')).toEqual(['4 7', undefined]);
  });
});

test('thousands of stages with a problem each are told of in seconds', async () => {
  const stages = Array.from(
    { length: 2000 },
    (_, index) => `  s${index}: { type: load-dat, needs: { a: s${index + 1}x } }`,
  );
  const { spec, problems } = await read(`version: 1\nname: many\nstages:\n${stages.join('\n')}\n`);
  const started = performance.now();
  const checked = spec === undefined ? undefined : checkPipeline(spec, types);
  expect(problems).toHaveLength(2000);
  expect(checked?.problems).toHaveLength(2000);
  expect(performance.now() - started).toBeLessThan(5000);
});

/** The same pipeline as JSON, which is YAML too. */
function toJson(): unknown {
  return {
    gates: { 'train-teacher.validation.accuracy': '>= 0.5' },
    stages: {
      'load-data': { with: { dataset: 'mnist-10k' }, type: 'load-data' },
      'train-teacher': {
        with: { epochs: '${params.epochs}', model: '${params.model}' },
        needs: { data: 'load-data' },
        type: 'train-teacher',
      },
    },
    params: { epochs: 3, seed: 7, model: ['flatten', { dense: 10 }] },
    name: 'fixture',
    version: 1,
  };
}
