import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { updateOauthApplication } from '#/domain/tokens/index.ts';
import { personPassword } from '#/testing/api-fixture.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type OauthFixture, openOauth } from '#/testing/oauth-fixture.ts';
import { type Chromium, openChromium } from './open-chromium.ts';

/** An application on loopback under the name `host`, which remembers the paths that it was called with. */
async function startApplication(t: Pick<TestContext, 'after'>, host: string) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>Application</title><p>Back.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { origin, callback: `${origin}/callback`, calls };
}

interface World {
  readonly chromium: Chromium;
  readonly oauth: OauthFixture;
  /** Registers the redirect URI and returns the address where the browser starts. */
  ask(redirectUri: string, changes?: Readonly<Record<string, string>>): Promise<string>;
}

async function openWorld(t: TestContext): Promise<World> {
  const chromium = await openChromium(t);
  const oauth = await openOauth(t);
  const { api, application } = oauth;
  return {
    chromium,
    oauth,
    async ask(redirectUri, changes = {}) {
      await updateOauthApplication(api.services, { ...application, redirectUri });
      return `${api.url}${oauth.authorizePath({ redirect_uri: redirectUri, state: 'a b&c#d', ...changes })}`;
    },
  };
}

/** Where nobody is signed in yet: the way leads over the sign-in page to the page that asks. */
async function signInAt(page: Page, start: string): Promise<void> {
  await page.goto(start);
  assert.equal(new URL(page.url()).pathname, '/signin');
  await page.locator('input[name=username]').fill('ann');
  await page.locator('input[name=password]').fill(personPassword);
  await page.getByRole('button').click();
  await page.waitForURL(start);
}

const verifier = 'v'.repeat(43);
const proof = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

test('the consent page in Chromium', { ...needsPrograms('chromium'), timeout: 120_000 }, async (t) => {
  const world = await openWorld(t);
  const { chromium, oauth } = world;

  // Another port of the same host, and another host.
  for (const host of ['127.0.0.1', 'localhost']) {
    await t.test(`signing in, approving and denying lead to an application on ${host}`, async (t) => {
      const application = await startApplication(t, host);
      const { page, takeProblems } = await chromium.visit();
      await signInAt(page, await world.ask(application.callback, proof));
      await page.getByRole('heading', { name: 'Authorize App <1>' }).waitFor();
      const text = (await page.locator('body').textContent()) ?? '';
      for (const part of ['acme', 'ann', 'repo:read', application.callback]) {
        assert.ok(text.includes(part), part);
      }
      assert.equal(application.calls.length, 0, 'nothing is sent before the person decides');

      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.waitForURL(`${application.origin}/**`);
      const denied = new URL(page.url()).searchParams;
      assert.deepEqual(Object.fromEntries(denied), { error: 'authorization_denied', state: 'a b&c#d' });

      await page.goto(await world.ask(application.callback, proof));
      await page.getByRole('button', { name: 'Authorize' }).click();
      await page.waitForURL(`${application.origin}/**`);
      const { code = '', ...approved } = Object.fromEntries(new URL(page.url()).searchParams);
      assert.deepEqual(approved, { scope: 'repo:read', state: 'a b&c#d' });
      assert.equal(await page.locator('p').textContent(), 'Back.');
      const fields = { code, redirect_uri: application.callback };
      const exchanged = await oauth.exchange({ ...fields, code_verifier: verifier });
      assert.equal(exchanged.status, 200, exchanged.text);
      assert.deepEqual(takeProblems(), []);
      assert.equal(application.calls.filter((path) => path.startsWith('/callback?')).length, 2);
      // A second use ends the token, so that the next application has to ask again.
      assert.equal((await oauth.exchange(fields)).status, 400);
    });
  }

  await t.test('a form of the page leads to the application and to nowhere else', async (t) => {
    const application = await startApplication(t, 'localhost');
    const stranger = await startApplication(t, 'localhost');
    const { page, takeProblems } = await chromium.visit();
    const start = await world.ask(application.callback);
    await signInAt(page, start);
    assert.deepEqual(takeProblems(), []);
    const elsewhere = page.waitForEvent('console', (message) => message.type() === 'error');
    await page.evaluate(`
      const form = document.querySelector('form[action="/oauth/denyapp"]');
      form.action = '${stranger.origin}/steal';
      form.requestSubmit();
    `);
    assert.match((await elsewhere).text(), /form-action/);
    assert.equal(page.url(), start);
    assert.deepEqual([stranger.calls, application.calls], [[], []]);
    assert.ok(takeProblems().every((problem) => problem.includes('form-action')));
  });

  await t.test('dangerous scopes need their box ticked, and a generated token is shown once', async () => {
    const { api } = oauth;
    const { page, takeProblems } = await chromium.visit();
    const start = await world.ask(`${api.url}/oauth/localapp`, {
      scope: 'user:admin',
      response_type: 'token',
    });
    await signInAt(page, start);
    await page.getByRole('button', { name: 'Authorize' }).click();
    assert.equal(await page.locator('input[type=checkbox]:invalid').count(), 1);
    assert.equal(page.url(), start);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL(`${api.url}/oauth/localapp`);
    const bearer = (await page.locator('#token').textContent()) ?? '';
    assert.match(bearer, /^[A-Z0-9]{40}$/);
    assert.equal((await api.call('GET', '/user/', { bearer })).json.username, 'ann');
    assert.deepEqual(takeProblems(), []);
  });
});
