/**
 * Builds Temporal's command with Go, which brings its development server, for the tests of the Temporal engine, by
 * `npm run install:temporal`: a few minutes, once, into the user's cache.
 */
import { installWithGo } from './go-program.ts';
import { temporalProgram } from './temporal.ts';

/** Newer versions have replace directives, which `go install` refuses. */
const TEMPORAL = 'github.com/temporalio/cli/cmd/temporal@v1.3.0';

installWithGo(TEMPORAL, { title: 'Temporal', program: temporalProgram() });
