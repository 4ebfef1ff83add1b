import type { StageRunner } from '../../core/stage-runner.ts';

export const run: StageRunner = () => Promise.reject(new Error('not built yet'));
