import { beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../src/base/hash.ts';
import type { InputArtifact } from '../../src/core/stage-runner.ts';
import { readDataset, writeDataset } from '../../src/stages/artifacts/dataset.ts';
import type { Dataset, ReadSplit } from '../../src/stages/artifacts/dataset.ts';
import { readModel } from '../../src/stages/artifacts/model.ts';
import { readLogitsFor, writeSoftLabels } from '../../src/stages/artifacts/soft-labels.ts';

let files: Map<string, Uint8Array>;
let context: { write: (path: string, bytes: Uint8Array) => Promise<void> };
beforeEach(() => {
  files = new Map();
  context = {
    write: async (path, bytes) => {
      files.set(path, bytes);
    },
  };
});

function input(kind: InputArtifact['kind']): InputArtifact {
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error(`no ${path}`);
    return bytes;
  };
  return { kind, facts: {}, paths: [...files.keys()], read, open: read };
}

const nothing = { images: new Uint8Array(), labels: new Uint8Array() };
const dataset: Dataset = {
  shape: [1, 2, 1],
  classes: 3,
  scale: 'raw',
  splits: {
    train: { images: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(2, 0) },
    validation: nothing,
    test: { images: Uint8Array.of(9, 8), labels: Uint8Array.of(1) },
  },
};

describe('a data set', () => {
  test('comes back as it was written', async () => {
    await writeDataset(context, dataset);
    const read = await readDataset(input('dataset'));
    expect(read.classes).toBe(3);
    expect(await read.split('train')).toEqual({
      samples: {
        count: 2,
        shape: [1, 2, 1],
        scale: 1,
        classes: 3,
        pixels: Uint8Array.of(1, 2, 3, 4),
        labels: Uint8Array.of(2, 0),
      },
      imagesSha256: sha256(Uint8Array.of(1, 2, 3, 4)),
    });
    expect(await read.split('validation')).toBeUndefined();
  });

  test('has the bytes that its format says', async () => {
    await writeDataset(context, dataset);
    expect([...files.keys()].sort()).toEqual([
      'dataset.json',
      'test-images.bin',
      'test-labels.bin',
      'train-images.bin',
      'train-labels.bin',
    ]);
    expect(Buffer.from(files.get('dataset.json') ?? []).toString()).toMatchInlineSnapshot(`
     "{
       "format": "distill-pipeline/dataset@1",
       "shape": [
         1,
         2,
         1
       ],
       "classes": 3,
       "scale": "raw",
       "splits": {
         "train": {
           "count": 2,
           "images": "train-images.bin",
           "labels": "train-labels.bin",
           "imagesSha256": "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a"
         },
         "test": {
           "count": 1,
           "images": "test-images.bin",
           "labels": "test-labels.bin",
           "imagesSha256": "4674d5929bf80d90d5d455d37bd530ca60bdf6a870c7014d92b529a89c4c4e95"
         }
       }
     }
     "
    `);
  });

  test('of a later format is refused', async () => {
    files.set('dataset.json', Buffer.from('{ "format": "distill-pipeline/dataset@2" }'));
    await expect(readDataset(input('dataset'))).rejects.toThrow(
      'dataset.json of the dataset is not of the format distill-pipeline/dataset@1',
    );
    files.set('dataset.json', Buffer.from('{'));
    await expect(readDataset(input('dataset'))).rejects.toMatchObject({ code: 'stage-failed' });
  });
});

describe('soft labels', () => {
  const logits = Float32Array.of(0.1, -2, 3, 1e-30, 5, 6);
  const split: ReadSplit = {
    samples: { count: 2, shape: [1], pixels: new Uint8Array(2), scale: 1, labels: new Uint8Array(2), classes: 3 },
    imagesSha256: sha256('images'),
  };

  beforeEach(async () => {
    await writeSoftLabels(context, { classes: 3, splits: { train: { logits, imagesSha256: sha256('images') } } });
  });

  test('come back bit for bit, and lie as little-endian float32', async () => {
    expect(await readLogitsFor(input('soft-labels'), 'train', split)).toEqual(logits);
    expect(Buffer.from(files.get('train-logits.bin') ?? []).readFloatLE(8)).toBe(3);
  });

  test('know which images they are for', async () => {
    const { samples } = split;
    const read = (name: 'train' | 'test', for_: ReadSplit): Promise<Float32Array> =>
      readLogitsFor(input('soft-labels'), name, for_);
    await expect(read('test', split)).rejects.toThrow('none are of the test images');
    await expect(read('train', { ...split, samples: { ...samples, classes: 4 } })).rejects.toThrow(
      'for 3 classes, and it has 4',
    );
    await expect(read('train', { ...split, samples: { ...samples, count: 3 } })).rejects.toThrow(
      'for 2 train images, and it has 3',
    );
    await expect(read('train', { ...split, imagesSha256: sha256('others') })).rejects.toThrow('for other train images');
  });
});

test('a model of another format is refused', async () => {
  files.set('architecture.json', Buffer.from('{ "layers": [] }'));
  await expect(readModel(input('model'))).rejects.toThrow('not of the format distill-pipeline/model@1');
});
