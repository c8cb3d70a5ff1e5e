import { rm } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findProgram } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

export interface Visit {
  readonly page: Page;
  /** What went wrong since the last call: messages of the console, exceptions, requests that failed, answers from 400 on. */
  takeProblems(): string[];
}

export interface Chromium {
  /** A window with cookies of its own. */
  visit(): Promise<Visit>;
}

/** Starts the Chromium of this machine without a window; it ends with the test. */
export async function openChromium(t: Pick<TestContext, 'after'>): Promise<Chromium> {
  const executablePath = findProgram('chromium');
  if (executablePath === undefined) throw new Error('the program chromium is needed');
  const home = scratchDirectory();
  const browser = await chromium.launch({
    executablePath,
    // Tests run as root, for whom Chromium has no sandbox; it sees pages of this test only.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    env: { PATH: process.env.PATH ?? '', HOME: home },
  });
  t.after(async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    async visit() {
      const context = await browser.newContext();
      context.setDefaultTimeout(20_000);
      const problems: string[] = [];
      watch(context, problems);
      return { page: await context.newPage(), takeProblems: () => problems.splice(0) };
    },
  };
}

function watch(context: BrowserContext, problems: string[]): void {
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => problems.push(`exception: ${error.error().message}`));
  context.on('requestfailed', (request) => {
    problems.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ''}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
}
