/** The backend whose numbers the tests look at: WASM, or with PIPELINE_TEST_BACKEND=native (`npm run test:native`) the native one. */
export const testedBackend = process.env['PIPELINE_TEST_BACKEND'] === 'native' ? 'native' : 'wasm';
