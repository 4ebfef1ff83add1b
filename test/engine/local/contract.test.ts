import { describe, jest } from '@jest/globals';
import { newProject } from '../../e2e/project.ts';
import { engineContract } from '../contract/contract.ts';
import { SETTINGS } from '../contract/engine.ts';

jest.setTimeout(60_000);

describe('the engine local', () => {
  engineContract(() => ({
    args: ['-j', '4'],
    project: ({ 'pipeline.config.yaml': more = '', ...files }) =>
      newProject({ ...files, 'pipeline.config.yaml': `${SETTINGS}${more}` }),
  }));
});
