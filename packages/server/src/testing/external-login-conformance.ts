import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ExternalLogin, SignInAttempt } from '#/auth/external-logins/define-external-login.ts';
import { newSecrets } from '#/auth/external-logins/pending-sign-in.ts';
import { DomainError } from '#/domain/errors.ts';

/** A login with the service behind it in the hands of the test. */
export interface OpenedExternalLogin {
  readonly login: ExternalLogin;
  /** Words that must never leave. */
  readonly secrets: readonly string[];
  /** What the service calls its person, and the verified address. */
  readonly person: { readonly identifier: string; readonly username: string; readonly email: string };
  /** The person agrees: the address of the callback. */
  approve(authorizationUrl: URL): URL;
  /** The service now calls the person so, and has another address that nobody verified. */
  change(username: string, unverifiedEmail: string): void;
  close(): void;
}

const redirectUri = 'https://registry.example.com/oauth2/x/callback';

/** Every promise of `ExternalLogin`, for one kind. */
export function externalLoginConformance(
  title: string,
  open: (t: TestContext) => Promise<OpenedExternalLogin>,
): void {
  const begin = async (opened: OpenedExternalLogin) => {
    const attempt: SignInAttempt = { ...newSecrets(), redirectUri };
    const url = await opened.login.authorizationUrl(attempt);
    return { attempt, url, callback: () => opened.approve(url).searchParams };
  };
  const refusal = async (work: Promise<unknown>): Promise<DomainError> => {
    const error = await work.then(
      () => assert.fail('nothing was refused'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof DomainError, String(error));
    return error;
  };

  describe(`external login: ${title}`, () => {
    test('the address says who asks, where to come back, and nothing secret', async (t) => {
      const opened = await open(t);
      const { attempt, url } = await begin(opened);
      assert.equal(url.searchParams.get('response_type'), 'code');
      assert.equal(url.searchParams.get('redirect_uri'), redirectUri);
      assert.equal(url.searchParams.get('state'), attempt.state);
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
      for (const secret of [...opened.secrets, attempt.codeVerifier]) {
        assert.equal(url.href.includes(secret), false);
        assert.equal(JSON.stringify(opened.login.publicSettings).includes(secret), false);
      }
    });

    test('who came back is told with the address that was verified', async (t) => {
      const opened = await open(t);
      const { attempt, callback } = await begin(opened);
      const { identifier, username, email } = await opened.login.identify(attempt, callback());
      assert.deepEqual({ identifier, username, email }, opened.person);
    });

    test('the identifier outlives a change of the name, and no unverified address is told', async (t) => {
      const opened = await open(t);
      opened.change('another', 'thief@example.org');
      const { attempt, callback } = await begin(opened);
      const found = await opened.login.identify(attempt, callback()).catch((error: unknown) => {
        assert.equal(error instanceof DomainError && error.code, 'denied');
        return undefined;
      });
      if (found === undefined) return;
      assert.deepEqual([found.identifier, found.email], [opened.person.identifier, undefined]);
      assert.equal(found.username, 'another');
    });

    test('a code proves something once, to whoever began', async (t) => {
      const opened = await open(t);
      const { attempt, callback } = await begin(opened);
      const parameters = callback();
      await opened.login.identify(attempt, parameters);
      const replayed = await refusal(opened.login.identify(attempt, parameters));
      assert.ok(['invalid_credentials', 'external_service_failed'].includes(replayed.code), replayed.code);
      const thief = { ...attempt, codeVerifier: newSecrets().codeVerifier };
      await refusal(opened.login.identify(thief, callback()));
      await refusal(opened.login.identify({ ...attempt, state: 'another' }, callback()));
      await refusal(opened.login.identify({ ...attempt, redirectUri: `${redirectUri}/attach` }, callback()));
    });

    test('a refusal of the service is told with its reason', async (t) => {
      const opened = await open(t);
      const { attempt, callback } = await begin(opened);
      const answered = callback();
      answered.delete('code');
      answered.set('error', 'server_error');
      answered.set('error_description', `all\nis <b>lost</b> ${'x'.repeat(5000)}`);
      const refused = await refusal(opened.login.identify(attempt, answered));
      assert.equal(refused.code, 'denied');
      assert.match(refused.message, /server_error \(all is <b>lost<\/b>/);
      assert.ok(refused.message.length < 400);
    });

    test('a service that is away is told as such, without secrets', async (t) => {
      const opened = await open(t);
      const { attempt, callback } = await begin(opened);
      const parameters = callback();
      opened.close();
      const failed = await refusal(opened.login.identify(attempt, parameters));
      assert.equal(failed.code, 'external_service_failed');
      for (const secret of opened.secrets) assert.equal(failed.message.includes(secret), false);
    });
  });
}
