import process from 'node:process';

// What is installed on this machine is no matter of the tests; those of the native backend name a place themselves.
if (process.env.PIPELINE_TEST_BACKEND !== 'native') process.env.PIPELINE_NATIVE_FOLDER = '/nowhere';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } } },
    ],
  },
  testEnvironment: 'node',
  // Two cores: a third worker only makes the end-to-end tests time out.
  maxWorkers: 2,
  testTimeout: 30_000,
};
