import { afterAll, beforeAll, describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { firstProgram, inPath } from '../base/programs.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** PIPELINE_TEST_CHROMIUM, or the first that is in PATH: `apt-get install chromium` brings one. */
const program = process.env['PIPELINE_TEST_CHROMIUM'] ?? firstProgram(NAMES.flatMap(inPath));

export interface Tab {
  readonly page: Page;
  /** What went wrong in it by itself: errors of its script, of its console, requests that failed or that left this machine. */
  readonly troubles: readonly string[];
}

export interface Chromium {
  /** A tab of its own, with nothing kept from others. */
  open(options?: BrowserContextOptions): Promise<Tab>;
}

/** Tests in a real, headless Chromium; skipped, with the reason in their name, where there is none. */
export function describeInChromium(name: string, tests: (browser: Chromium) => void): void {
  if (program === undefined) {
    describe.skip(`${name} (skipped: no Chromium in PATH or PIPELINE_TEST_CHROMIUM)`, () => {
      tests({ open: () => Promise.reject(new Error('there is no Chromium')) });
    });
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      // Chromium's own sandbox needs what root and containers lack.
      browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
    });
    tests({
      async open(options) {
        if (browser === undefined) throw new Error('the browser has not started');
        return watched(await (await browser.newContext(options)).newPage());
      },
    });
  });
}

function watched(page: Page): Tab {
  const troubles: string[] = [];
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('requestfailed', (request) => troubles.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
  page.on('request', (request) => {
    if (!LOCAL.test(request.url())) troubles.push(`asked for ${request.url()}`);
  });
  return { page, troubles };
}

const LOCAL = /^(?:file|data|blob|about):|^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/;
