import { accessValidator } from '#/config/validators/access.ts';
import { actionLogArchivingValidator } from '#/config/validators/action-log-archiving.ts';
import { appTokenValidator } from '#/config/validators/app-token.ts';
import { bitbucketTriggerValidator } from '#/config/validators/bitbucket-trigger.ts';
import { bittorrentValidator } from '#/config/validators/bittorrent.ts';
import { databaseValidator } from '#/config/validators/database.ts';
import type { Validator } from '#/config/validators/define-validator.ts';
import { extraCertificatesValidator } from '#/config/validators/extra-certificates.ts';
import { githubLoginValidator, githubTriggerValidator } from '#/config/validators/github.ts';
import { gitlabTriggerValidator } from '#/config/validators/gitlab-trigger.ts';
import { googleLoginValidator } from '#/config/validators/google-login.ts';
import { jwtValidator } from '#/config/validators/jwt.ts';
import { keystoneValidator } from '#/config/validators/keystone.ts';
import { ldapValidator } from '#/config/validators/ldap.ts';
import { mailValidator } from '#/config/validators/mail.ts';
import { oidcLoginValidator } from '#/config/validators/oidc-login.ts';
import { redisValidator } from '#/config/validators/redis.ts';
import { registryStorageValidator } from '#/config/validators/registry-storage.ts';
import { securityScannerValidator } from '#/config/validators/security-scanner.ts';
import { signerValidator } from '#/config/validators/signer.ts';
import { sslValidator } from '#/config/validators/ssl.ts';
import { timeMachineValidator } from '#/config/validators/time-machine.ts';

/** Every validator. */
export const validators: readonly Validator[] = [
  databaseValidator,
  redisValidator,
  registryStorageValidator,
  timeMachineValidator,
  accessValidator,
  sslValidator,
  extraCertificatesValidator,
  ldapValidator,
  jwtValidator,
  keystoneValidator,
  appTokenValidator,
  oidcLoginValidator,
  githubLoginValidator,
  googleLoginValidator,
  mailValidator,
  actionLogArchivingValidator,
  githubTriggerValidator,
  gitlabTriggerValidator,
  bitbucketTriggerValidator,
  securityScannerValidator,
  bittorrentValidator,
  signerValidator,
];
