import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { startOpenidProvider } from '#/testing/openid-provider.ts';
import { openChromium } from './open-chromium.ts';

test('signing in at an OpenID provider in Chromium', {
  ...needsPrograms('chromium'),
  timeout: 120_000,
}, async (t) => {
  const chromium = await openChromium(t);
  const provider = await startOpenidProvider(t, {
    'subject-1': { preferred_username: 'ann', email: 'ann@example.com', email_verified: true },
    'subject-2': { preferred_username: 'bob', email: 'bob@example.com', email_verified: true },
  });
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: provider.block,
      FORM_LOGIN_CONFIG: {
        ...provider.block,
        SERVICE_NAME: 'a form',
        OIDC_ENDPOINT_CUSTOM_PARAMS: { authorization_endpoint: { response_mode: 'form_post' } },
      },
      FEATURE_USERNAME_CONFIRMATION: false,
    },
    startMs: Date.now(),
  });
  // Another site than the provider's: cookies must come along from there.
  const registry = api.url.replace('127.0.0.1', 'localhost');
  provider.register(registry, 'corp', 'form');
  const { page, takeProblems } = await chromium.visit();

  await t.test('the button leads to the provider, and back to where the person wanted to go', async () => {
    await page.goto(`${registry}/signin?redirect_url=${encodeURIComponent('/api/v1/user/')}`);
    await page.getByRole('button', { name: 'Sign in with Real provider' }).click();
    await page.getByRole('button', { name: 'Sign in as subject-1' }).click();
    await page.getByRole('button', { name: 'Agree' }).click();
    await page.waitForURL(`${registry}/api/v1/user/`);
    const cookies = await page.context().cookies(registry);
    assert.equal(
      cookies.some(({ name }) => name === 'wharf_external_login'),
      false,
    );
    const session = cookies.find(({ name }) => name === api.configuration.sessions.sessionCookieName);
    assert.deepEqual([session?.httpOnly, session?.sameSite], [true, 'Lax']);
    // The address is of the API, which wants to be asked by a script.
    const user = await page.evaluate(
      `fetch('/api/v1/user/', { headers: { 'x-requested-with': 'XMLHttpRequest' } }).then((answer) => answer.json())`,
    );
    assert.equal((user as { username: string }).username, 'ann');
    takeProblems();
  });

  await t.test('a form that the provider posts by script comes back too', async () => {
    const other = await chromium.visit();
    await other.page.goto(`${registry}/signin`);
    provider.person = 'subject-2';
    await other.page.getByRole('button', { name: 'Sign in with a form' }).click();
    await other.page.getByRole('button', { name: 'Sign in as subject-2' }).click();
    await other.page.getByRole('button', { name: 'Agree' }).click();
    await other.page.waitForURL(`${registry}/`);
    const cookies = await other.page.context().cookies(registry);
    assert.ok(cookies.some(({ name }) => name === api.configuration.sessions.sessionCookieName));
  });
});
