import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent is gone. A thread of its own watches, because a stage may compute for minutes without ever
 * coming back to the event loop, which alone would hear that the channel to the parent was closed.
 */
export function endWithParent(): void {
  const code = `
    const parent = ${process.ppid};
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, ${INTERVAL_MS});
  `;
  new Worker(code, { eval: true, stdout: true, stderr: true }).unref();
}

const INTERVAL_MS = 500;
