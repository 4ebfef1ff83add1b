import { installCompileCache } from './compile-cache.ts';

// Before anything else is loaded: what is loaded after it starts faster the next time, where Node has such a cache.
installCompileCache();
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(process.argv.slice(2));
