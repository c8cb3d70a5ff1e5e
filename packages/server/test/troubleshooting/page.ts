import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { callHttp, type HttpCall } from '#/testing/push-http.ts';

const page = readFileSync(
  resolve(import.meta.dirname, '../../../../docs/operations/troubleshooting.md'),
  'utf8',
);

/** Headings of the page whose sections hold a table of messages. */
export function sectionsWithMessages(): string[] {
  return [...sections()].filter(([, text]) => /^\| Message +\|/m.test(text)).map(([title]) => title);
}

function sections(): Map<string, string> {
  const parts = page.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.split('\n', 1)[0] ?? '', part]));
}

/** The messages of a section's table, as the page writes them. */
function messagesOf(title: string): string[] {
  const [, table = ''] = (sections().get(title) ?? '').split(/^\| Message +\|.*\n/m);
  const rows = table.split('\n\n', 1)[0] ?? '';
  return [...rows.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, message = '']) => message);
}

/** `…` stands for what differs. */
function patternOf(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('[^]+'));
}

/**
 * Tests that each message of a section's table is what comes of its cause: `causes` makes the fault and returns the text in which the message must
 * stand, whole lines of it where `exact`.
 */
export function checkSection(
  title: string,
  causes: Readonly<Record<string, () => Promise<string>>>,
  options: { readonly exact: boolean; readonly skip?: string | false } = { exact: true },
): void {
  describe(title, { skip: options.skip ?? false }, () => {
    test('the table has a cause for each message', () => {
      assert.deepEqual(messagesOf(title), Object.keys(causes));
    });
    for (const [message, cause] of Object.entries(causes)) {
      test(message, async () => {
        const said = await cause();
        const { source } = patternOf(message);
        assert.match(said, options.exact ? new RegExp(`^${source}$`) : new RegExp(source));
      });
    }
  });
}

/** The message of a refusal of `/v2` or `/api/v1`. */
export async function refusalOf(url: string, call: HttpCall, status: number): Promise<string> {
  const answer = await callHttp(url, call);
  const text = answer.body.toString('utf8');
  assert.equal(answer.status, status, text);
  const body = JSON.parse(text);
  return body.errors?.[0].message ?? body.error_message ?? body.message;
}

export function basic(username: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
